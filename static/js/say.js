// Saying what happened: heard by screen readers, and seen where something was refused, can be
// taken back or leads on. It never takes the focus.
const STAYS = 20_000;
const says = document.createElement("div");
says.className = "says";
document.body.append(says);

// A place of its own for one kind of words. Where the focus stood in it, it goes back.
export function voice() {
  const place = document.createElement("div");
  let from;
  place.className = "hush";
  place.setAttribute("role", "status");
  place.addEventListener("focusin", ({ relatedTarget }) => {
    if (relatedTarget && !place.contains(relatedTarget)) from = relatedTarget;
  });
  says.append(place);

  function put(look, ...parts) {
    if (place.contains(document.activeElement)) from?.focus();
    place.className = look ? `said callout callout-${look}` : "hush";
    place.replaceChildren(...parts);
  }
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !document.querySelector("dialog[open]")) put("");
  });
  return { place, put };
}

export function words(text) {
  const made = document.createElement("span");
  made.className = "callout-words";
  made.textContent = text;
  return made;
}

export function button(name, does) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "button quiet small";
  made.textContent = name;
  made.addEventListener("click", does);
  return made;
}

const { place, put } = voice();
let timer;

export function say(text, isBad = false) {
  clearTimeout(timer);
  put(isBad ? "bad" : "", text ?? "");
}

// The words of an answer, with a button that calls `back`, and one that closes. It goes by itself
// only while nobody points at it or stands in it.
export function offer(answer, back) {
  const undo = button(answer.undo, () => {
    say("");
    back();
  });
  undo.dataset.undo = "";
  put("info", words(answer.words), undo, button(answer.close, () => say("")));
  const leave = () => {
    clearTimeout(timer);
    timer = setTimeout(() => (place.matches(":hover, :focus-within") ? leave() : say("")), STAYS);
  };
  leave();
}
