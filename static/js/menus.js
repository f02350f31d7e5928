// Menus are <details> and work without this. It closes an open one on Escape, giving the focus
// back to its button, and when something outside is chosen.
const opened = () => document.querySelectorAll("details.menu[open]");

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of opened()) {
    if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
    menu.open = false;
  }
});

for (const moment of ["click", "focusin"]) {
  document.addEventListener(moment, (event) => {
    for (const menu of opened()) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
}
