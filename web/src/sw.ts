/// <reference lib="webworker" />
/**
 * Keeps the app on the device. Pages and icons come from the network while there is one, so that a deploy is
 * seen at once; files named for their content come from here. A device that has no room for them goes without.
 * What the API says is none of its business.
 */

declare const self: ServiceWorkerGlobalScope;

const SHELL = "restai-shell";
/** ms for a page or an icon: then the kept one is shown, and a slow network does not hold up a kitchen. So it is where a
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
  if (name !== null) event.respondWith(newest(event, name, isPage));
  else if (isIcon(pathname)) event.respondWith(newest(event, pathname, isGood));
  else if (pathname.startsWith("/assets/")) event.respondWith(file(event));
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

function isGood({ ok }: Response): boolean {
  return ok;
}

function isIcon(path: string): boolean {
  return path.startsWith("/icons/") || path.endsWith(".webmanifest");
}

/** What the server answers, and what is kept by that name if it does not; `fits`: it is worth keeping. */
async function newest(
  event: FetchEvent,
  name: string,
  fits: (response: Response) => boolean,
): Promise<Response> {
  try {
    const response = await fetch(event.request, { signal: AbortSignal.timeout(PATIENCE) });
    if (fits(response)) {
      await response.clone().blob(); // all of it: one that stalls half-way is as good as none
      keep(event, name, response.clone());
    }
    return response.status < 500 ? response : ((await kept(name)) ?? response);
  } catch (error) {
    const known = await kept(name);
    if (known === undefined) throw error;
    return known;
  }
}

async function file(event: FetchEvent): Promise<Response> {
  const known = await kept(event.request);
  if (known !== undefined) return known;
  const response = await fetch(event.request);
  if (isGood(response)) keep(event, event.request, response.clone());
  return response;
}

/** What is kept by that name; undefined: nothing, or nothing that can be read. */
async function kept(name: RequestInfo): Promise<Response | undefined> {
  try {
    const cache = await caches.open(SHELL);
    return await cache.match(name);
  } catch {
    return undefined;
  }
}

/** Keep it, if there is room: whoever asked for it does not wait for that. */
function keep(event: FetchEvent, name: RequestInfo, response: Response): void {
  const keeping = caches.open(SHELL).then((cache) => cache.put(name, response));
  event.waitUntil(keeping.catch(() => undefined));
}

async function tidy(): Promise<void> {
  const cache = await caches.open(SHELL);
  const files = await cache.keys();
  await Promise.all(files.slice(0, Math.max(0, files.length - MOST_FILES)).map((each) => cache.delete(each)));
}

export {}; // a module, so that `self` is its own
