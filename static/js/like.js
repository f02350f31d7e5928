// Ideas like another one: brought when their place comes into view, or when someone asks for
// them, and one after another, so that a page of many asks no more than one that reads it.
import { parsed } from "./policy.js";
import { say } from "./say.js";

let line = Promise.resolve();

async function bring(place, isAsked) {
  const address = place.dataset.like;
  try {
    const response = await fetch(address, { headers: { Accept: "application/json" } });
    if (!response.ok) throw new Error(response.statusText);
    const { html, words } = await response.json();
    // Whoever has just come to the link by keyboard goes on from what came in its stead.
    const isHere = isAsked || place.contains(document.activeElement);
    place.replaceChildren(...parsed(html).childNodes);
    if (isHere) {
      place.tabIndex = -1;
      place.focus();
    }
    if (isAsked) say(words);
  } catch {
    // The link that stands there leads to the same.
    if (isAsked) location.assign(address);
  }
}

const seen = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      seen.unobserve(target);
      line = line.then(() => bring(target, false));
    }
  },
  { rootMargin: "200px" },
);

for (const place of document.querySelectorAll("[data-like]")) {
  if (place.dataset.when !== "asked") seen.observe(place);
  else
    place.querySelector("a").addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      bring(place, true);
    });
}
