// A text box with a list of places under it, as ARIA 1.2 describes a combobox: the focus stays in
// the box, the arrows walk the list, Enter goes there, Escape closes it.
let made = 0;

// `stays`: the list is all there is around the box, so Escape is not for it alone.
export function combobox(input, { go, label, parent, stays = false }) {
  const list = document.createElement("ul");
  list.id = `listbox-${(made += 1)}`;
  list.className = "listbox";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", label);
  parent.append(list);
  for (const [name, value] of Object.entries({
    role: "combobox",
    autocomplete: "off",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": list.id,
  })) {
    input.setAttribute(name, value);
  }
  let items = [];
  let at = -1;

  function mark(number) {
    list.children[at]?.setAttribute("aria-selected", "false");
    at = number;
    const option = list.children[at];
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    if (option) input.setAttribute("aria-activedescendant", option.id);
    else input.removeAttribute("aria-activedescendant");
  }

  function open(isOpen) {
    list.hidden = !isOpen;
    input.setAttribute("aria-expanded", String(isOpen));
    if (!isOpen) mark(-1);
  }

  function option({ title, note }, number) {
    const one = document.createElement("li");
    one.id = `${list.id}-${number}`;
    one.setAttribute("role", "option");
    one.setAttribute("aria-selected", "false");
    for (const words of [title, note]) {
      const part = document.createElement("span");
      part.textContent = words ?? "";
      one.append(part);
    }
    one.addEventListener("click", () => go(items[number]));
    return one;
  }

  // With `first` the best one is chosen already, and Enter goes there.
  function show(found, first = false) {
    items = found;
    at = -1;
    list.replaceChildren(...items.map(option));
    open(items.length > 0);
    mark(first && items.length ? 0 : -1);
  }

  // The box keeps the focus while the mouse chooses.
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  input.addEventListener("blur", () => open(false));
  input.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && items.length) {
      event.preventDefault();
      // From the box down to the first and up to the last; past the ends back into the box.
      const places = items.length + 1;
      if (list.hidden) open(true);
      mark(((at + 1 + step + places) % places) - 1);
    } else if (event.key === "Enter" && at >= 0 && !list.hidden) {
      event.preventDefault();
      go(items[at]);
    } else if (event.key === "Escape" && !list.hidden && !stays) {
      // What was typed stays, and nothing around closes with it.
      event.preventDefault();
      event.stopPropagation();
      open(false);
    }
  });
  return { show, close: () => open(false) };
}
