/// <reference lib="webworker" />
/**
 * Keeps the app on the device. Pages come from the network while there is one, so that a deploy is seen at
 * once; files named for their content come from here. What the API says is none of its business.
 */

declare const self: ServiceWorkerGlobalScope;

const SHELL = "restai-shell";
/** ms for a page: then the kept one is shown, and a slow network does not hold up a kitchen. */
const PATIENCE = 4_000;
/** Files kept: a few deploys' worth. */
const MOST_FILES = 150;

self.addEventListener("install", () => void self.skipWaiting());

self.addEventListener("activate", (event) => {
  event.waitUntil(Promise.all([self.clients.claim(), tidy()]));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (request.mode === "navigate" && isPage(pathname)) event.respondWith(page(request, pageAt(pathname)));
  else if (isFile(pathname)) event.respondWith(file(request));
});

function isPage(path: string): boolean {
  return !path.startsWith("/api/") && !path.includes(".");
}

/** The page that is kept for an address: the guests' one, or the staff's. */
function pageAt(path: string): string {
  return path === "/t" || path.startsWith("/t/") ? "/t" : "/";
}

function isFile(path: string): boolean {
  return path.startsWith("/assets/") || path.startsWith("/icons/") || path.endsWith(".webmanifest");
}

async function page(request: Request, name: string): Promise<Response> {
  const cache = await caches.open(SHELL);
  try {
    const response = await fetch(request, { signal: AbortSignal.timeout(PATIENCE) });
    if (response.ok) await cache.put(name, response.clone());
    return response;
  } catch (error) {
    const kept = await cache.match(name);
    if (kept === undefined) throw error;
    return kept;
  }
}

async function file(request: Request): Promise<Response> {
  const cache = await caches.open(SHELL);
  const kept = await cache.match(request);
  if (kept !== undefined) return kept;
  const response = await fetch(request);
  if (response.ok) await cache.put(request, response.clone());
  return response;
}

async function tidy(): Promise<void> {
  const cache = await caches.open(SHELL);
  const files = await cache.keys();
  await Promise.all(files.slice(0, Math.max(0, files.length - MOST_FILES)).map((each) => cache.delete(each)));
}

export {}; // a module, so that `self` is its own
