/** What is shown between a tap and its answer, and what the API's answers become. */

import type { MenuView } from "@restai/sdk/types";
import { afterEach, describe, expect, it, vi } from "vitest";
import { Problem, sender } from "../src/api/http.ts";
import type { Command, Effect } from "../src/api/queue.ts";
import { withItem } from "../src/live/menu.ts";
import { overlaidItems, overlaidOrders } from "../src/live/overlay.ts";
import { line, order } from "./kitchen/house.ts";

function command(effect: Effect): Command {
  return { id: "c", principal: "rosa", branchId: "b", method: "POST", path: "/", attempts: 0, effect };
}

function menu(...items: { id: string; rev: number; isAvailable: boolean }[]): MenuView {
  return { version: 1, categories: [{ id: "c", name: "All", items }] } as unknown as MenuView;
}

describe("an overlay", () => {
  const lomo = line("Lomo");
  const orders = [order(38, 1, [lomo, line("Causa")]), order(40, 2, [line("Papas")])];

  it("shows what was done here, the last of it, and leaves the rest as it is", () => {
    const set = (status: string) => command({ on: "line", orderId: "order 38", lineId: lomo.id, status });
    const shown = overlaidOrders(orders, [set("ready"), set("preparing"), set("ready")]);
    expect(shown[0]?.items.map(({ status }) => status)).toEqual(["ready", "pending"]);
    expect(shown[1]).toBe(orders[1]);
    expect(orders[0]?.items[0]?.status).toBe("pending");
    expect(overlaidOrders(orders, [])).toEqual(orders);
  });

  it("shows a rush, and a dish that has run out", () => {
    const rushed = overlaidOrders(orders, [command({ on: "priority", orderId: "order 40", priority: true })]);
    expect(rushed.map(({ priority }) => priority)).toEqual([false, true]);
    const held = menu({ id: "a", rev: 1, isAvailable: true }, { id: "b", rev: 1, isAvailable: true });
    const items = overlaidItems(held, [command({ on: "item", itemId: "b", isAvailable: false })]);
    expect(items.map(({ isAvailable }) => isAvailable)).toEqual([true, false]);
  });
});

it("a menu takes an item only if it is newer than its own, and of its own", () => {
  const held = menu({ id: "a", rev: 5, isAvailable: true });
  const item = (id: string, rev: number) => ({ id, rev, isAvailable: false }) as never;
  expect(withItem(held, item("a", 5))).toEqual(held);
  expect(withItem(held, item("z", 9))).toEqual(held);
  expect(withItem(held, item("a", 6)).categories[0]?.items).toEqual([item("a", 6)]);
});

describe("a call", () => {
  afterEach(() => vi.unstubAllGlobals());

  function answering(...answers: Response[]): { tokens: string[] } {
    const tokens: string[] = [];
    vi.stubGlobal("fetch", async (_path: string, init: RequestInit) => {
      tokens.push(new Headers(init.headers).get("authorization") ?? "");
      return answers.shift();
    });
    return { tokens };
  }

  const send = sender(async (fresh) => (fresh ? "new" : "old"));
  const problem = (status: number, body: object) => new Response(JSON.stringify(body), { status });

  it("replaces a token that was refused, once", async () => {
    const { tokens } = answering(problem(401, {}), Response.json({ ok: true }));
    expect(await send({ method: "GET", path: "/api/menu" })).toEqual({ ok: true });
    expect(tokens).toEqual(["Bearer old", "Bearer new"]);
    answering(problem(401, {}), problem(401, { code: "token_revoked" }));
    await expect(send({ method: "GET", path: "/api/menu" })).rejects.toMatchObject({ status: 401 });
  });

  it("that is refused says why", async () => {
    answering(
      new Response('{"code":"stale","detail":"No"}', { status: 409, headers: { "retry-after": "3" } }),
    );
    const refused = { code: "stale", message: "No", retryAfter: 3_000, status: 409 };
    await expect(send({ method: "POST", path: "/" })).rejects.toMatchObject(refused);
    answering(new Response("<html>", { status: 502 }));
    await expect(send({ method: "POST", path: "/" })).rejects.toThrow(Problem);
  });
});
