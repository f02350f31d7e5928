// Shows a page of ours instead of the browser's when the network is gone. It keeps that page and
// what the page is drawn with, and nothing else: no page of a person ever gets in here.
const asked = new URL(location).searchParams;
const PAGE = `/offline?language=${encodeURIComponent(asked.get("language"))}`;
// Another language, release or brand registers another address, and so another keeping.
const NAME = `offline ${location.search}`;
const PARTS = /(?:href|src)="(\/(?:static|brand)[^"#]*\.(?:css|svg|png|woff2)[^"#]*)/g;

async function keep() {
  const page = await fetch(PAGE, { credentials: "omit", cache: "no-cache" });
  if (!page.ok) throw new TypeError(`${PAGE} answers ${page.status}`);
  const words = await page.clone().text();
  const parts = new Set([...words.matchAll(PARTS)].map(([, path]) => path));
  const cache = await caches.open(NAME);
  await cache.addAll([...parts].map((path) => new Request(path, { credentials: "omit" })));
  await cache.put(PAGE, page);
  // Whoever has an older one is better off with this.
  await self.skipWaiting();
}

async function begin() {
  const others = (await caches.keys()).filter((name) => name !== NAME);
  await Promise.all(others.map((name) => caches.delete(name)));
  // The page is asked for while this script starts, and not after it.
  await self.registration.navigationPreload?.enable();
}

async function open(event) {
  try {
    return (await event.preloadResponse) ?? (await fetch(event.request));
  } catch {
    return (await caches.match(PAGE, { ignoreVary: true })) ?? Response.error();
  }
}

async function part(request) {
  try {
    return await fetch(request);
  } catch {
    return (await caches.match(request, { ignoreVary: true })) ?? Response.error();
  }
}

self.addEventListener("install", (event) => event.waitUntil(keep()));
self.addEventListener("activate", (event) => event.waitUntil(begin()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  if (request.mode === "navigate") event.respondWith(open(event));
  else if (/^\/(static|brand)/.test(new URL(request.url).pathname)) event.respondWith(part(request));
});
