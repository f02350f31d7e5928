// Ideas like the one that is being written, under its title: shown, said once, never in the way.
import { lookup } from "./lookup.js";
import { parsed } from "./policy.js";
import { say } from "./say.js";

const PAUSE = 500;
const SHORTEST = 4;

export function similar(form) {
  const section = form.querySelector("[data-similar]");
  if (!section) return;
  const { title } = form.elements;
  const place = section.querySelector("#similar");
  const button = section.querySelector("button[value=similar]");
  let shown = "";
  let isAsked = false; // by the button, so that there has to be an answer

  const ask = lookup(PAUSE, ({ html, ids, words }) => {
    // The same ideas once more are no news, and a button that is being pressed stays.
    if (String(ids) === shown && !isAsked) return;
    shown = String(ids);
    isAsked = false;
    if (place.contains(document.activeElement)) title.focus();
    place.replaceChildren(...parsed(html).childNodes);
    say(words);
  });
  const look = (wait) => {
    const words = title.value.trim();
    const query = new URLSearchParams({ title: words });
    ask(words.length < SHORTEST && wait !== 0 ? "" : `${section.dataset.similar}?${query}`, wait);
  };

  title.addEventListener("input", () => look());
  button.addEventListener("click", (event) => {
    event.preventDefault();
    isAsked = true;
    look(0);
  });
}
