// Helps with the form of an idea: saves it as a draft in every pause, brings back what a broken
// connection took, and shows how it will look.
import { ask } from "./ask.js";
import { preview } from "./preview.js";
import { similar } from "./similar.js";
import { forget, keep, read } from "./unsent.js";

const NAMES = ["title", "need", "proposal", "area", "tags", "language"];
const TEXTS = ["title", "need", "proposal"];
const PAUSE = 1_000;
const RETRY = 15_000;

export function help(form) {
  const fields = form.elements;
  const state = form.querySelector("[data-state]");
  const { saves, member, restored } = form.dataset;
  let timer;
  let saving; // the request on its way, if there is one
  let isStopped = !saves;

  const values = () => Object.fromEntries(NAMES.map((name) => [name, fields[name].value]));
  const isEmpty = () => TEXTS.every((name) => !fields[name].value.trim());
  // As the server takes them: spaces at the ends and kinds of line ends are no difference.
  const plain = (words) => NAMES.map((name) => (words[name] ?? "").replace(/\s+/g, " ").trim());
  const same = (one, other) => plain(one).join("\n") === plain(other).join("\n");
  const kept = (sent) => ({
    member,
    sent,
    path: location.pathname,
    key: fields.key.value,
    seen: fields.seen.value,
    values: values(),
  });

  async function save() {
    if (isStopped || saving || isEmpty()) return;
    clearTimeout(timer);
    const before = values();
    saving = ask(saves, form);
    const answer = await saving;
    saving = undefined;
    state.textContent = answer.words ?? "";
    if (answer.ok) {
      fields.key.value = answer.key;
      fields.seen.value = answer.seen;
      // Loading the page again goes on with the draft.
      history.replaceState(history.state, "", `${location.pathname}?draft=${answer.id}`);
      if (same(before, values())) forget();
      else later();
    } else if (answer.status === 409 || answer.status === 401 || answer.status === 403) {
      // Going on would only say the same again; the words stay on the page and in this tab.
      isStopped = true;
    } else if (answer.status === 0 || answer.status >= 500) {
      later(RETRY);
    }
  }

  function later(pause = PAUSE) {
    clearTimeout(timer);
    timer = setTimeout(save, pause);
  }

  function bringBack() {
    const found = read();
    if (!found || found.member !== member || found.path !== location.pathname) return;
    const isThis = saves ? found.key === fields.key.value : found.seen === fields.seen.value;
    const isSaved = found.sent && found.key === fields.key.value && found.seen !== fields.seen.value;
    if (isSaved || (isThis && same(found.values, values()))) return forget();
    if (!isThis && !(saves && isEmpty())) return;
    for (const name of NAMES) fields[name].value = found.values[name] ?? "";
    fields.key.value = found.key;
    fields.seen.value = found.seen;
    state.textContent = restored;
    later();
  }

  form.addEventListener("input", () => {
    keep(kept(false));
    later();
  });
  addEventListener("online", () => read() && later(0));
  form.addEventListener("submit", async (event) => {
    clearTimeout(timer);
    keep(kept(true));
    if (!saving) return;
    // A draft is on its way: what it makes of the form's number has to be known first.
    event.preventDefault();
    state.textContent = form.dataset.waits;
    await saving;
    clearTimeout(timer);
    form.requestSubmit(event.submitter);
  });
  preview(form);
  similar(form);
  bringBack();
}
