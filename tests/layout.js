// What is wrong with how the page lies on the screen, as texts; `least` is the height in px that
// whatever is pressed must have at least.
(least) => {
  const faults = [];
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) {
    faults.push(`the page scrolls sideways: ${root.scrollWidth} of ${root.clientWidth} px`);
  }
  for (const one of document.querySelectorAll(".table")) {
    // A wide screen shows tables whole, so that their heads can stay in sight. Rows that stand
    // by themselves have no head, and nothing beside them that one would scroll to.
    const isWhole = getComputedStyle(one).overflowX === "visible";
    const stacks = one.matches(".stacks") && !one.querySelector("thead").checkVisibility();
    if ((isWhole || stacks) && one.scrollWidth > one.clientWidth) {
      faults.push(`the table "${one.getAttribute("aria-label")}" is wider than its place`);
    }
    if (stacks && one.querySelector("tbody td:not(:last-child, [data-label])")) {
      faults.push(`the table "${one.getAttribute("aria-label")}" is missing what a cell says`);
    }
  }
  const pressed = "a[href], button, input:not([type=hidden]), select, textarea, summary";
  for (const one of document.querySelectorAll(pressed)) {
    // What is there for the ear alone shows itself when it has the focus.
    if (!one.checkVisibility() || one.closest(".hush, .skip, .prose")) continue;
    // A link within a sentence is as high as its line.
    if (one.localName === "a" && getComputedStyle(one).display === "inline") continue;
    const place = one.matches("[type=checkbox], [type=radio]") ? (one.closest("label") ?? one) : one;
    const { width, height } = place.getBoundingClientRect();
    if (height < least - 0.5 || width < 24 - 0.5) {
      const words = one.textContent.trim().slice(0, 30);
      faults.push(`${one.localName}.${one.className} "${words}" is ${width}x${height} px`);
    }
  }
  return faults;
}
