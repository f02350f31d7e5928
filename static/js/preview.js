// The preview beside the form, made by the server from what stands in it now.
import { ask } from "./ask.js";
import { parsed } from "./policy.js";

const PAUSE = 400;

export function preview(form) {
  const button = form.querySelector("button[data-preview]");
  const section = form.querySelector("#preview");
  const place = form.querySelector("#preview-body");
  if (!button) return;
  let timer;
  let latest = 0;

  async function refresh() {
    latest += 1;
    const mine = latest;
    const answer = await ask(button.dataset.preview, form);
    // An answer that was overtaken by a newer question shows old words.
    if (mine !== latest) return;
    if (answer.ok) place.replaceChildren(...parsed(answer.html).childNodes);
    else place.textContent = answer.words;
  }

  const open = (isOpen) => {
    section.hidden = !isOpen;
    button.setAttribute("aria-expanded", String(isOpen));
  };
  open(!section.hidden);

  button.addEventListener("click", async (event) => {
    event.preventDefault();
    open(section.hidden);
    if (section.hidden) return;
    await refresh();
    section.focus();
  });
  form.addEventListener("input", () => {
    clearTimeout(timer);
    if (!section.hidden) timer = setTimeout(refresh, PAUSE);
  });
}
