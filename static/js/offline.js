// When the network is gone, a page of ours says so instead of the browser's.
import { scriptAddress } from "./policy.js";

// /static/<version>/js/offline.js: a new release brings a new one.
const version = import.meta.url.split("/").at(-3);
const address = `/service-worker.js?language=${document.documentElement.lang}&version=${version}`;

addEventListener("load", () => {
  // A browser may refuse, in a private window for example; everything works without.
  navigator.serviceWorker?.register(scriptAddress(address)).catch(() => {});
});
