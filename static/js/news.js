// Asking now and then, with longer and longer pauses, whether something new was said; only while
// the page is in front and connected. What is new is said politely, with a link to it.
import { button, voice, words } from "./say.js";

// What the page shows is what there is at first; the page itself goes before asking that.
const SOON = 4_000;
const FIRST = 30_000;
const LONGEST = 5 * 60_000;
const GROWS = 1.5;

export function follow(address) {
  const { put } = voice();
  let known; // the newest of each kind that the page shows
  let pause = FIRST;
  let timer;

  function tell(fresh, close) {
    const parts = fresh.flatMap((told) => {
      const link = document.createElement("a");
      link.href = told.address;
      link.textContent = told.show;
      return [words(told.words), link];
    });
    put("info", ...parts, button(close, () => put("")));
  }

  async function look() {
    try {
      const response = await fetch(address, { headers: { Accept: "application/json" } });
      // Gone, or signed out meanwhile: there is nothing to hear any more.
      if (!response.ok) return;
      const { found, close } = await response.json();
      const fresh = Object.keys(found).filter((kind) => known && found[kind].id > known[kind]);
      known = Object.fromEntries(Object.entries(found).map(([kind, { id }]) => [kind, id]));
      if (fresh.length) tell(fresh.map((kind) => found[kind]), close);
    } catch {
      // No connection for the moment; the next time may have one.
    }
    wait();
  }

  function wait() {
    clearTimeout(timer);
    if (document.hidden || !navigator.onLine) return;
    timer = setTimeout(look, pause);
    pause = Math.min(LONGEST, pause * GROWS);
  }

  function again() {
    pause = FIRST;
    wait();
  }
  document.addEventListener("visibilitychange", again);
  addEventListener("online", again);
  addEventListener("offline", () => clearTimeout(timer));
  timer = setTimeout(look, SOON);
}
