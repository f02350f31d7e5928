// Ideas like the one that is being written, under its title: shown, said once, never in the way.
import { lookup } from "./lookup.js";
import { parsed } from "./policy.js";
import { say } from "./say.js";

const PAUSE = 500;
const PAUSE_IN_TEXT = 1_500;
const SHORTEST = 4;

export function similar(form) {
  const section = form.querySelector("[data-similar]");
  if (!section) return;
  const { title, need, proposal } = form.elements;
  const place = section.querySelector("#similar");
  const button = section.querySelector("button[value=similar]");
  let shown = "";
  let isAsked = false; // by the button, so that there has to be an answer

  const hear = ({ html, ids, words }) => {
    // The same ideas once more are no news, and a button that is being pressed stays.
    if (String(ids) === shown && !isAsked) return;
    shown = String(ids);
    isAsked = false;
    if (place.contains(document.activeElement)) title.focus();
    place.replaceChildren(...parsed(html).childNodes);
    say(words);
  };
  const miss = (words) => {
    if (isAsked) say(words, true);
    isAsked = false;
  };
  const ask = lookup(PAUSE, hear, miss);
  const look = (wait) => {
    const words = title.value.trim();
    const texts = [need, proposal].map(({ value }) => value.trim());
    const isShort = words.length < SHORTEST && wait !== 0;
    if (isShort || !texts.join("")) {
      const query = new URLSearchParams({ title: words });
      return ask(isShort ? "" : `${section.dataset.similar}?${query}`, wait);
    }
    // With its text: sent as the form is, because an address would be written down on its way.
    const said = new URLSearchParams({ title: words, need: texts[0], proposal: texts[1] });
    ask(section.dataset.similar, wait, said);
  };

  title.addEventListener("input", () => look());
  for (const field of [need, proposal]) field.addEventListener("input", () => look(PAUSE_IN_TEXT));
  button.addEventListener("click", (event) => {
    event.preventDefault();
    isAsked = true;
    look(0);
  });
}
