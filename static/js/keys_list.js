// The list of keys, over the page on which "?" was pressed.
import { bind } from "./keys_switch.js";
import { parsed } from "./policy.js";
import { sheet } from "./sheet.js";

let isOpening = false;

export async function list() {
  if (isOpening) return;
  isOpening = true;
  try {
    const response = await fetch("/keys", { headers: { Accept: "application/json" } });
    const { title, html } = await response.json();
    const dialog = sheet(title);
    dialog.append(...parsed(html).childNodes);
    dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
    bind(dialog);
    dialog.showModal();
  } catch {
    // Without a connection the browser says so itself.
    location.assign("/keys");
  } finally {
    isOpening = false;
  }
}
