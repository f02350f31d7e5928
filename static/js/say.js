// Saying what happened: heard by screen readers, and seen where something was refused.
const place = document.createElement("div");
place.className = "hush";
place.setAttribute("role", "status");
document.body.append(place);

export function say(words, isBad = false) {
  place.className = isBad ? "said callout callout-bad" : "hush";
  place.textContent = words ?? "";
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") say("");
});
