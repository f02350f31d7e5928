// A vote shows at once and is asked for behind it; refused, it goes back and says why.
import { ask, isMember } from "./ask.js";
import { offer, say } from "./say.js";

const ADDRESS = /\/ideas\/(\d+)\/(?:un)?vote$/;
const waiting = new Set();

const ideaOf = (form) => form.getAttribute("action").match(ADDRESS)?.[1];
// The same idea may stand on a page twice, in two lists.
const formsOf = (idea) =>
  [...document.querySelectorAll("form.vote-form")].filter((form) => ideaOf(form) === idea);

function press(idea, voted) {
  for (const form of formsOf(idea)) {
    form.querySelector("button").setAttribute("aria-pressed", String(voted));
    const picture = form.querySelector("use");
    const name = voted ? "#check" : "#chevron-up";
    picture?.setAttribute("href", picture.getAttribute("href").replace(/#.*$/, name));
  }
}

function show(idea, answer) {
  press(idea, answer.voted);
  for (const form of formsOf(idea)) {
    form.setAttribute("action", answer.action);
    form.querySelector("button").title = answer.title;
    const number = form.querySelector(".vote-count, .vote-word");
    // The word is in the button's name already.
    number.setAttribute("aria-hidden", String(answer.count === null));
    number.className = answer.count === null ? "vote-word" : "vote-count";
    number.textContent = answer.count ?? answer.word;
  }
  for (const hint of document.querySelectorAll("[data-hint]")) {
    hint.hidden = hint.dataset.hint === "voted" ? !answer.voted : answer.count !== null;
  }
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  const idea = form.matches("form.vote-form") && isMember ? ideaOf(form) : undefined;
  if (!idea) return;
  event.preventDefault();
  if (waiting.has(idea)) return;
  waiting.add(idea);
  const before = form.querySelector("button").getAttribute("aria-pressed") === "true";
  press(idea, !before);
  const answer = await ask(form.getAttribute("action"), form);
  if (answer.ok) show(idea, answer);
  else press(idea, before);
  waiting.delete(idea);
  if (answer.ok && answer.undo) offer(answer, () => form.requestSubmit());
  else say(answer.words, !answer.ok);
});
