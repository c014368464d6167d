/// <reference lib="webworker" />
/**
 * Keeps the app on the device. Pages come from the network while there is one, so that a deploy is seen at
 * once; files named for their content come from here. What the API says is none of its business.
 */

declare const self: ServiceWorkerGlobalScope;

const SHELL = "restai-shell";
/** ms for a page: then the kept one is shown, and a slow network does not hold up a kitchen. So it is where a
 * server that is being restarted has somebody else answer for it. */
const PATIENCE = 4_000;
/** Files kept: a few deploys' worth. */
const MOST_FILES = 150;

/** Where the app is. What else the server shows, its documents for one, is none of its pages. */
const STAFF = /^\/((kitchen|waiter|pos|admin)(\/.*)?)?$/;
const GUESTS = /^\/t(\/.*)?$/;

self.addEventListener("install", () => void self.skipWaiting());

self.addEventListener("activate", (event) => {
  event.waitUntil(Promise.all([self.clients.claim(), tidy()]));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  const name = request.mode === "navigate" ? pageAt(pathname) : null;
  if (name !== null) event.respondWith(page(request, name));
  else if (isFile(pathname)) event.respondWith(file(request));
});

/** The page that is kept for an address: the guests' one, or the staff's; null: it is not of the app. */
function pageAt(path: string): "/" | "/t" | null {
  if (GUESTS.test(path)) return "/t";
  return STAFF.test(path) ? "/" : null;
}

/** Whether this is the page that was asked for: no error, and none of those to which somebody sends on. */
function isPage({ ok, redirected, headers }: Response): boolean {
  return ok && !redirected && (headers.get("content-type") ?? "").startsWith("text/html");
}

function isFile(path: string): boolean {
  return path.startsWith("/assets/") || path.startsWith("/icons/") || path.endsWith(".webmanifest");
}

async function page(request: Request, name: string): Promise<Response> {
  const cache = await caches.open(SHELL);
  try {
    const response = await fetch(request, { signal: AbortSignal.timeout(PATIENCE) });
    if (isPage(response)) await cache.put(name, response.clone());
    return response.status < 500 ? response : ((await cache.match(name)) ?? response);
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
