// When the network is gone, a page of ours says so instead of the browser's.
import { scriptAddress } from "./policy.js";

const { lang: language } = document.documentElement;
// /static/<version>/js/offline.js: a new release brings a new one.
const version = import.meta.url.split("/").at(-3);
const brand = [
  ...document.querySelectorAll("[property='og:site_name'], [rel=icon], [href^='/brand.css']"),
].map((one) => one.content ?? one.getAttribute("href"));
const address = `/service-worker.js?${new URLSearchParams({ language, version, brand })}`;

addEventListener("load", () => {
  // A browser may refuse, in a private window for example; everything works without.
  navigator.serviceWorker?.register(scriptAddress(address)).catch(() => {});
});
