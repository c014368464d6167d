/** The app itself, kept on this device: so that a reload without a network shows it. */

const SHELL = "restai-shell";
const RELOADED = "restai.reloaded";

/**
 * Register the service worker, and keep what this page loads without it: before it began to watch. `page` stands
 * for all its addresses: "/" for the staff's, "/t" for the guests'.
 */
export function keepShell(page: "/" | "/t"): void {
  if (!("serviceWorker" in navigator)) return; // an insecure address
  const keepNow = () => void keep(page).catch(() => undefined); // without a network there is nothing new
  addEventListener("load", keepNow);
  if (document.readyState === "complete") keepNow();
}

/**
 * A part of the app that is fetched when it is needed. Where that fails, the page may be of before a deploy,
 * whose files are gone: it is loaded anew, once in a tab's life, and not for want of a network.
 */
export function part<Module>(load: () => Promise<Module>): () => Promise<Module> {
  return () =>
    load().catch((error) => {
      if (!navigator.onLine || !isFirst()) throw error;
      location.reload();
      return new Promise<never>(() => undefined); // nothing more is shown until then
    });
}

/** Whether this tab was never loaded anew for that; false also where it cannot remember. */
function isFirst(): boolean {
  try {
    if (sessionStorage.getItem(RELOADED) !== null) return false;
    sessionStorage.setItem(RELOADED, "yes");
    return true;
  } catch {
    return false;
  }
}

async function keep(page: string): Promise<void> {
  await navigator.serviceWorker.register("/sw.js");
  const cache = await caches.open(SHELL);
  const keepFiles = (files: PerformanceObserverEntryList) =>
    void Promise.all(files.getEntries().map(({ name }) => keepFile(cache, name))).catch(() => undefined);
  new PerformanceObserver(keepFiles).observe({ type: "resource", buffered: true });
  const response = await fetch(page, { headers: { Accept: "text/html" } });
  if (isPage(response)) await cache.put(page, response);
}

/** Also one that was asked for before the service worker watched, and came after: nobody else has seen it. */
async function keepFile(cache: Cache, file: string): Promise<void> {
  if (!file.startsWith(`${location.origin}/assets/`)) return;
  if ((await cache.match(file)) === undefined) await cache.add(file);
}

/** As the service worker judges, which can share no file with the pages. */
function isPage({ ok, redirected, headers }: Response): boolean {
  return ok && !redirected && (headers.get("content-type") ?? "").startsWith("text/html");
}
