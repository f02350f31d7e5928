// Ctrl+K: any place and any deed by its name, and ideas by their words.
import { combobox } from "./combobox.js";
import { lookup } from "./lookup.js";
import { sheet } from "./sheet.js";

const PAUSE = 150;
const MOST = 8;

const fold = (words) => words.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
const fits = ({ title }, question) => ` ${fold(title)}`.includes(` ${fold(question)}`);

// What can be done on this page, by the buttons and links that stand on it already.
function deeds(note) {
  const found = [
    "#support button.vote",
    "form:is([action$='/watch'], [action$='/unwatch']) button",
    "a[href^='/ideas/'][href$='/edit']",
    "a[href^='/ideas/'][href$='/answer']",
  ].flatMap((selector) => [...document.querySelectorAll(selector)]);
  return found.map((press) => ({ title: press.title || press.textContent.trim(), note, press }));
}

async function places() {
  try {
    const response = await fetch("/places", { headers: { Accept: "application/json" } });
    return response.ok ? await response.json() : { places: [], words: {} };
  } catch {
    // Without a connection there is little to go to.
    return { places: [], words: {} };
  }
}

export function open(title) {
  if (document.querySelector("dialog[open]")) return;
  const dialog = sheet(title);
  const input = document.createElement("input");
  input.type = "text";
  input.enterKeyHint = "go";
  input.setAttribute("aria-label", title);
  input.placeholder = title;
  const body = document.createElement("div");
  body.className = "places";
  body.append(input);
  // What is outside of the dialog is not heard while it is open.
  const heard = document.createElement("p");
  heard.className = "hint";
  heard.setAttribute("role", "status");
  dialog.append(body, heard);
  const box = combobox(input, {
    go: ({ address, press }) => {
      dialog.close();
      if (press) press.click();
      else location.assign(address);
    },
    label: title,
    parent: body,
    stays: true,
  });
  let known = deeds();
  let words = {};
  let ideas = [];
  let question = "";
  const show = () => {
    const near = known.filter((one) => fits(one, question));
    box.show([...near.slice(0, question ? MOST : near.length), ...ideas], true);
    return near.length + ideas.length;
  };
  const ask = lookup(PAUSE, (answer) => {
    ideas = answer.suggestions;
    // How many there are is said with the one that is chosen.
    heard.textContent = show() ? "" : words.nothing;
  });
  input.addEventListener("input", () => {
    question = input.value.trim();
    ideas = [];
    show();
    ask(question.length < 2 ? "" : `/search/suggest?${new URLSearchParams({ q: question })}`);
  });
  dialog.showModal();
  show();
  places().then((found) => {
    words = found.words;
    known = [...deeds(words.here), ...found.places];
    show();
  });
}
