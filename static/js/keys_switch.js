// Whether single keys act: as the member's settings say, for visitors as this browser remembers.
const NAME = "cocreate-keys";
const link = document.querySelector("a[data-keys]");

function kept() {
  try {
    return localStorage.getItem(NAME);
  } catch {
    return null;
  }
}

// A member's choice comes with the page ("on" or "off"); a visitor's is "ask".
export const isOff = () => {
  const said = link?.dataset.keys ?? "off";
  return said === "off" || (said === "ask" && kept() === "off");
};

// Let the boxes that `place` holds show the choice and change it.
export function bind(place) {
  for (const box of place.querySelectorAll("input[data-keys-switch]")) {
    box.checked = !isOff();
    box.closest("[hidden]")?.removeAttribute("hidden");
    box.addEventListener("change", () => {
      try {
        localStorage.setItem(NAME, box.checked ? "on" : "off");
      } catch {
        // A browser that keeps nothing for us: the keys stay as they are.
        box.checked = !isOff();
      }
    });
  }
}
