/** What is kept of the app on a device, by its pages and by its service worker: the app, and nothing else. */

import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { keepShell, part } from "../src/lib/shell.ts";
import { SCREENS } from "../src/screens.ts";

const HOUSE = "https://house.example";
const HTML = { "content-type": "text/html; charset=utf-8" };
/** It has types of its own, which those of a page exclude. */
const WORKER: string = "../src/sw.ts";

/** What is kept, by its path: the text of it. */
let kept: Map<string, string>;
let answer: Response | Error;
/** What the device's storage says; null: it works. */
let opening: Error | null;
let putting: Error | null;

const cache = {
  put: async (of: string | { url: string }, response: Response) => {
    if (putting !== null) throw putting;
    kept.set(pathOf(of), await response.text());
  },
  match: async (of: string | { url: string }) => {
    const text = kept.get(pathOf(of));
    return text === undefined ? undefined : new Response(text, { headers: HTML });
  },
  add: async (file: string) => void kept.set(pathOf(file), "a file"),
};

function pathOf(of: string | { url: string }): string {
  return new URL(typeof of === "string" ? of : of.url, HOUSE).pathname;
}

/** A page in HTML, as the server, or somebody before it, answers. */
function page(text: string, status = 200, headers: Record<string, string> = HTML): Response {
  return new Response(text, { status, headers });
}

function redirected(text: string): Response {
  return Object.defineProperty(page(text), "redirected", { value: true });
}

beforeEach(() => {
  kept = new Map();
  opening = null;
  putting = null;
  const open = async () => {
    if (opening !== null) throw opening;
    return cache;
  };
  vi.stubGlobal("caches", { open });
  vi.stubGlobal("fetch", async () => {
    if (answer instanceof Error) throw answer;
    return answer;
  });
});

afterEach(() => vi.unstubAllGlobals());

// ---- the service worker

/** What somebody sees who goes to an address; null: the worker leaves it to the browser. */
const goesTo = (path: string) => asks({ mode: "navigate", url: HOUSE + path });
/** What a page gets that needs a file. */
const needs = (path: string) => asks({ mode: "no-cors", url: HOUSE + path });

async function asks(wanted: { mode: string; url: string }): Promise<string | null> {
  const listeners = new Map<string, (event: object) => void>();
  const listen = (name: string, listener: (event: object) => void) => listeners.set(name, listener);
  vi.stubGlobal("self", { addEventListener: listen, location: new URL(HOUSE) });
  vi.resetModules();
  await import(WORKER);
  let shown: Promise<Response> | null = null;
  const rest: Promise<unknown>[] = [];
  listeners.get("fetch")?.({
    request: { method: "GET", ...wanted },
    respondWith: (response: Promise<Response>) => (shown = response),
    waitUntil: (work: Promise<unknown>) => rest.push(work),
  });
  if (shown === null) return null;
  const text = await (await (shown as Promise<Response>)).text();
  await Promise.all(rest);
  return text;
}

it.each([
  ["/", "/"],
  ["/kitchen", "/"],
  ["/admin/menu", "/"],
  ["/t", "/t"],
  ["/t/7KQ4-9XMB/order", "/t"],
])("%s is kept as %s", async (path, name) => {
  answer = page("the app");
  expect(await goesTo(path)).toBe("the app");
  expect([...kept]).toEqual([[name, "the app"]]);
});

it.each(["/docs", "/asyncapi", "/redoc", "/api/tables/qr-sheet", "/tables", "/kitchens", "/openapi.json"])(
  "%s is not the app's",
  async (path) => {
    answer = page("another page");
    expect(await goesTo(path)).toBeNull();
    expect(kept.size).toBe(0);
  },
);

it("every screen of the staff is kept", async () => {
  answer = page("the app");
  for (const { path } of SCREENS) expect(await goesTo(path)).toBe("the app");
});

it.each([
  ["an error", () => page("Bad gateway", 404)],
  ["another page, to which somebody was sent on", () => redirected("Sign in to the Wi-Fi")],
  ["no page", () => page("{}", 200, { "content-type": "application/json" })],
])("what is kept is not replaced by %s", async (_what, answered) => {
  kept.set("/", "the app");
  answer = answered();
  await goesTo("/kitchen");
  expect(kept.get("/")).toBe("the app");
});

it.each([
  ["without a network", () => new TypeError("Failed to fetch")],
  ["while the server is being restarted", () => page("Bad gateway", 502)],
])("%s, what is kept is shown", async (_when, answered) => {
  kept.set("/", "the app");
  answer = answered();
  expect(await goesTo("/kitchen")).toBe("the app");
});

it.each([
  ["has no room", () => (putting = new DOMException("there is no room", "QuotaExceededError"))],
  ["cannot be opened", () => (opening = new DOMException("the disk is broken", "UnknownError"))],
])("a storage that %s keeps nothing, and takes nothing from anybody", async (_how, breaks) => {
  kept.set("/", "the app of yesterday");
  breaks();
  answer = page("the app");
  expect(await goesTo("/kitchen")).toBe("the app");
  answer = new Response("a script");
  expect(await needs("/assets/index-a1b2.js")).toBe("a script");
  expect([...kept]).toEqual([["/", "the app of yesterday"]]);
});

it("without a network and a storage there is an error of the network", async () => {
  opening = new DOMException("the disk is broken", "UnknownError");
  answer = new TypeError("Failed to fetch");
  await expect(goesTo("/kitchen")).rejects.toThrow("Failed to fetch");
});

it("what is kept is shown where a page breaks off in its midst", async () => {
  kept.set("/", "the app");
  const broken = new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode("the a"));
    },
    pull(controller) {
      controller.error(new TypeError("network error"));
    },
  });
  answer = new Response(broken, { headers: HTML });
  expect(await goesTo("/kitchen")).toBe("the app");
});

it("a file named for its content is read once", async () => {
  answer = new Response("a script");
  expect(await needs("/assets/index-a1b2.js")).toBe("a script");
  answer = new TypeError("Failed to fetch");
  expect(await needs("/assets/index-a1b2.js")).toBe("a script");
});

it.each(["/icons/icon.svg", "/manifest.webmanifest"])("%s is of the last deploy", async (path) => {
  answer = new Response("of yesterday");
  expect(await needs(path)).toBe("of yesterday");
  answer = new Response("of today");
  expect(await needs(path)).toBe("of today");
  answer = new TypeError("Failed to fetch");
  expect(await needs(path)).toBe("of today");
});

it("an error is shown where nothing is kept", async () => {
  answer = page("Bad gateway", 502);
  expect(await goesTo("/kitchen")).toBe("Bad gateway");
  expect(kept.size).toBe(0);
});

// ---- the pages

/** A page has been loaded, with its files; the answer tells of one that came later. */
async function loads(...files: string[]): Promise<(file: string) => void> {
  let told: PerformanceObserverCallback = () => undefined;
  const tells = (...names: string[]) =>
    told({ getEntries: () => names.map((name) => ({ name })) } as never, undefined as never);
  class Observer {
    constructor(callback: PerformanceObserverCallback) {
      told = callback;
    }
    observe({ buffered }: PerformanceObserverInit): void {
      if (buffered) tells(...files);
    }
  }
  vi.stubGlobal("PerformanceObserver", Observer);
  vi.stubGlobal("navigator", { serviceWorker: { register: async () => undefined } });
  vi.stubGlobal("location", new URL(HOUSE));
  vi.stubGlobal("document", { readyState: "complete" });
  vi.stubGlobal("addEventListener", () => undefined);
  keepShell("/t");
  await vi.waitFor(() => expect(kept.has("/assets/first.js")).toBe(true));
  return tells;
}

it("a page keeps itself and its files, and nothing that is not named for its content", async () => {
  answer = page("the app");
  await loads(`${HOUSE}/assets/first.js`, `${HOUSE}/api/menu`, "https://elsewhere.example/assets/x.js");
  expect([...kept.keys()].sort()).toEqual(["/assets/first.js", "/t"]);
});

it("a page keeps what came later, be it without the service worker or without itself", async () => {
  answer = new TypeError("Failed to fetch");
  const tells = await loads(`${HOUSE}/assets/first.js`);
  tells(`${HOUSE}/assets/AtTable.js`);
  await vi.waitFor(() => expect([...kept.keys()]).toEqual(["/assets/first.js", "/assets/AtTable.js"]));
});

it("a page does not keep an error as itself", async () => {
  kept.set("/t", "the app");
  answer = page("Bad gateway", 502);
  await loads(`${HOUSE}/assets/first.js`);
  expect(kept.get("/t")).toBe("the app");
});

// ---- what is fetched later

/** A page that asks for a part of the app, which cannot be had; how often it was loaded anew. */
function tab({ onLine }: { onLine: boolean }): { asks: () => Promise<unknown>; reloads: () => number } {
  const reload = vi.fn();
  const stamps = new Map<string, string>();
  vi.stubGlobal("navigator", { onLine });
  vi.stubGlobal("location", { reload });
  vi.stubGlobal("sessionStorage", {
    getItem: (name: string) => stamps.get(name) ?? null,
    setItem: (name: string, value: string) => void stamps.set(name, value),
  });
  const load = part(() => Promise.reject(new TypeError("Failed to fetch")));
  const waits = () => new Promise((resolve) => setTimeout(resolve, 20, "waiting"));
  return {
    asks: () => Promise.race([load().catch((error: Error) => error.message), waits()]),
    reloads: () => reload.mock.calls.length,
  };
}

it("a part that is there is given", async () => {
  expect(await part(async () => "a screen")()).toBe("a screen");
});

it("a page of before a deploy, whose parts are gone, is loaded anew, but once", async () => {
  const { asks, reloads } = tab({ onLine: true });
  expect(await asks()).toBe("waiting");
  expect(reloads()).toBe(1);
  expect(await asks()).toBe("Failed to fetch");
  expect(reloads()).toBe(1);
});

it("without a network nothing is loaded anew", async () => {
  const { asks, reloads } = tab({ onLine: false });
  expect(await asks()).toBe("Failed to fetch");
  expect(reloads()).toBe(0);
});

it("nothing is loaded anew where a tab cannot remember that it was", async () => {
  const { asks, reloads } = tab({ onLine: true });
  vi.stubGlobal("sessionStorage", undefined);
  expect(await asks()).toBe("Failed to fetch");
  expect(reloads()).toBe(0);
});
