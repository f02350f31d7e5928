// Suggestions under a search box. Enter without choosing one searches, as without script.
import { combobox } from "./combobox.js";
import { lookup } from "./lookup.js";
import { say } from "./say.js";

const PAUSE = 150;
const helped = new WeakSet();

export function help(input) {
  if (helped.has(input)) return;
  helped.add(input);
  const box = combobox(input, {
    go: ({ address }) => location.assign(address),
    label: input.getAttribute("aria-label"),
    parent: input.parentElement,
  });
  const ask = lookup(PAUSE, ({ suggestions, words }) => {
    if (document.activeElement !== input) return;
    box.show(suggestions);
    say(words);
  });
  input.addEventListener("input", () => {
    const question = input.value.trim();
    if (question.length < 2) box.close();
    ask(question.length < 2 ? "" : `/search/suggest?${new URLSearchParams({ q: question })}`);
  });
}
