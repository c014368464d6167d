/** What is kept of the app on a device, by its pages and by its service worker: the app, and nothing else. */

import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { keepShell } from "../src/lib/shell.ts";
import { SCREENS } from "../src/screens.ts";

const HOUSE = "https://house.example";
const HTML = { "content-type": "text/html; charset=utf-8" };
/** It has types of its own, which those of a page exclude. */
const WORKER: string = "../src/sw.ts";

/** What is kept, by its path: the text of it. */
let kept: Map<string, string>;
let answer: Response | Error;

const cache = {
  put: async (of: string | { url: string }, response: Response) => {
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
  vi.stubGlobal("caches", { open: async () => cache });
  vi.stubGlobal("fetch", async () => {
    if (answer instanceof Error) throw answer;
    return answer;
  });
});

afterEach(() => vi.unstubAllGlobals());

// ---- the service worker

/** What somebody sees who goes to an address; null: the worker leaves it to the browser. */
async function goesTo(path: string): Promise<string | null> {
  const listeners = new Map<string, (event: object) => void>();
  const listen = (name: string, listener: (event: object) => void) => listeners.set(name, listener);
  vi.stubGlobal("self", { addEventListener: listen, location: new URL(HOUSE) });
  vi.resetModules();
  await import(WORKER);
  let shown: Promise<Response> | null = null;
  const request = { method: "GET", mode: "navigate", url: HOUSE + path };
  listeners.get("fetch")?.({ request, respondWith: (response: Promise<Response>) => (shown = response) });
  return shown === null ? null : (await (shown as Promise<Response>)).text();
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

it("an error is shown where nothing is kept", async () => {
  answer = page("Bad gateway", 502);
  expect(await goesTo("/kitchen")).toBe("Bad gateway");
  expect(kept.size).toBe(0);
});

// ---- the pages

/** A page has been loaded, with its files. */
async function loads(...files: string[]): Promise<void> {
  vi.stubGlobal("navigator", { serviceWorker: { register: async () => undefined } });
  vi.stubGlobal("location", new URL(HOUSE));
  vi.stubGlobal("document", { readyState: "complete" });
  vi.stubGlobal("addEventListener", () => undefined);
  vi.spyOn(performance, "getEntriesByType").mockReturnValue(
    files.map((name) => ({ name })) as unknown as PerformanceEntryList,
  );
  keepShell("/t");
  await vi.waitFor(() => expect(kept.has("/assets/first.js")).toBe(true));
}

it("a page keeps itself and its files, and nothing that is not named for its content", async () => {
  answer = page("the app");
  await loads(`${HOUSE}/assets/first.js`, `${HOUSE}/api/menu`, "https://elsewhere.example/assets/x.js");
  expect([...kept.keys()]).toEqual(["/t", "/assets/first.js"]);
});

it("a page does not keep an error as itself", async () => {
  kept.set("/t", "the app");
  answer = page("Bad gateway", 502);
  await loads(`${HOUSE}/assets/first.js`);
  expect(kept.get("/t")).toBe("the app");
});
