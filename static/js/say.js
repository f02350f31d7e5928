// Saying what happened: heard by screen readers, and seen where something was refused or can be
// taken back. It never takes the focus.
const STAYS = 20_000;
const place = document.createElement("div");
place.className = "hush";
place.setAttribute("role", "status");
document.body.append(place);
let timer;
let from; // where the focus was before it came here

place.addEventListener("focusin", ({ relatedTarget }) => {
  if (relatedTarget && !place.contains(relatedTarget)) from = relatedTarget;
});

export function say(words, isBad = false) {
  clearTimeout(timer);
  if (place.contains(document.activeElement)) from?.focus();
  place.className = isBad ? "said callout callout-bad" : "hush";
  place.textContent = words ?? "";
}

// `words` with a button named `undo` that calls `back`, and one named `close`. It goes by itself
// only while nobody points at it or stands in it.
export function offer({ words, undo, close }, back) {
  const button = (name, does) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "button quiet small";
    made.textContent = name;
    made.addEventListener("click", () => {
      say("");
      does?.();
    });
    return made;
  };
  const said = document.createElement("span");
  said.className = "callout-words";
  said.textContent = words;
  const undoing = button(undo, back);
  undoing.dataset.undo = "";
  place.className = "said callout callout-info";
  place.replaceChildren(said, undoing, button(close));
  const leave = () => {
    clearTimeout(timer);
    timer = setTimeout(() => (place.matches(":hover, :focus-within") ? leave() : say("")), STAYS);
  };
  leave();
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !document.querySelector("dialog[open]")) say("");
});
