// Single keys that shorten the way, and Ctrl+K. The page /keys says what each does; whoever does
// not want them turns them off there or in their settings.
import { bind, isOff } from "./keys_switch.js";

const WAIT = 1_500; // between the two keys of "g i"
const FIELDS = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";
const ITEMS = ".idea-list > li, .queue > li, .notices > li";
const SEARCH = "[role=search] input[type=search]";
const WATCH = "form:is([action$='/watch'], [action$='/unwatch']) button";
const PLACES = { h: "/", i: "/ideas", b: "/backlog", m: "/moderation", n: "/notices" };
const isMac = /mac|iphone|ipad/i.test(navigator.userAgentData?.platform ?? navigator.platform);
const title = document.querySelector("a[data-keys]")?.dataset.places;
let begun = 0; // when "g" was pressed
let isOpening = false; // what is typed now is meant for the box that is about to open

const seen = (selector, within = document) =>
  [...within.querySelectorAll(selector)].find((one) => one.checkVisibility());
const press = (element) => element?.click();
const focus = (element) => element?.focus();

// The idea or entry that the focus is in.
const current = () => document.activeElement?.closest(ITEMS);

// What an entry of a list leads to.
const lead = (entry) => entry && (seen(":is(h2, h3) a", entry) ?? seen("a, button", entry));

// In a list the focus stands on what an entry leads to; after the last comes "more".
function step(by) {
  const stops = [...document.querySelectorAll(`${ITEMS}, .more`)];
  const at = stops.findIndex((one) => one.contains(document.activeElement));
  const place = lead(stops[at < 0 && by < 0 ? stops.length - 1 : at + by]);
  focus(place);
  place?.scrollIntoView({ block: "nearest" });
}

function search() {
  if (!seen(SEARCH)) {
    // On a narrow page it is in the menu.
    const menu = document.querySelector(`details ${SEARCH}`)?.closest("details");
    if (menu) menu.open = true;
  }
  const box = seen(`main ${SEARCH}`) ?? seen(SEARCH);
  focus(box);
  box?.select();
}

// Of a list's idea, or of the idea whose page this is.
function vote() {
  const within = current() ?? (document.querySelector("#support") ? document : undefined);
  if (within) press(seen("form.vote-form button", within));
}

// In the queue the first entry is meant until another one has the focus.
function decide(selector) {
  if (!location.pathname.startsWith("/moderation")) return undefined;
  const entry = current() ?? document.querySelector(".queue > li, .queue-item");
  return entry ? seen(selector, entry) : undefined;
}

function hide() {
  const summary = decide("details.confirm > summary");
  if (!summary) return;
  summary.parentElement.open = true;
  focus(seen("select", summary.parentElement));
}

const ACTS = {
  j: () => step(1),
  k: () => step(-1),
  o: () => press(lead(current())),
  v: vote,
  c: () => focus(seen("form[action$='/comments'] textarea") ?? seen("#discussion a[rel~=nofollow]")),
  e: () => press(seen("a[href^='/ideas/'][href$='/edit']")),
  w: () => press(seen(WATCH)),
  a: () => press(decide("form[action$='/approve'] button")),
  h: hide,
  z: () => press(seen("button[data-undo]") ?? seen("[data-undo] button, form[action$='/undo'] button")),
  "/": search,
  "?": () => import("./keys_list.js").then(({ list }) => list()),
};
const ONCE = new Set("vwahze");

function go(key) {
  const path = PLACES[key];
  // Places that the page does not offer are not for this person.
  if (path && (key === "h" || key === "i" || document.querySelector(`a[href="${path}"]`))) {
    location.assign(path);
  }
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing) return;
  if (document.querySelector("dialog[open]")) return;
  const { key, target } = event;
  const command = isMac ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey;
  if (isOpening) return;
  // On the way already, so that nothing typed after it is lost.
  if (key === (isMac ? "Meta" : "Control") && !event.repeat) import("./places.js");
  if (title && command && !event.altKey && !event.shiftKey && key.toLowerCase() === "k") {
    event.preventDefault();
    isOpening = true;
    import("./places.js")
      .then(({ open }) => open(title))
      .finally(() => (isOpening = false));
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || target.closest?.(FIELDS) || isOff()) return;
  // Signs are typed with Shift on some keyboards, letters are meant without.
  if (event.shiftKey && /^[a-z]$/i.test(key)) return;
  if (begun && Date.now() - begun < WAIT) {
    begun = 0;
    event.preventDefault();
    go(key);
    return;
  }
  begun = key === "g" ? Date.now() : 0;
  const act = ACTS[key];
  if (!act || (event.repeat && ONCE.has(key))) return;
  event.preventDefault();
  act();
});

bind(document);
