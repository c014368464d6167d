/** What a guest's phone makes of what it knows. */

import type { GuestSnapshot } from "@restai/sdk/types";
import { describe, expect, it } from "vitest";
import { MINUTE } from "../../src/lib/time.ts";
import { billOf, priceOf, soFar } from "../../src/screens/guest/rules/bill.ts";
import { counted, priced, sameAgain, shownCart, underWay } from "../../src/screens/guest/rules/cart.ts";
import { isOpen, missing, tapped } from "../../src/screens/guest/rules/choices.ts";
import { readCode } from "../../src/screens/guest/rules/code.ts";
import { endingOf, isIn, knocking } from "../../src/screens/guest/rules/party.ts";
import { minutesLeft, moodOf, stepsOf } from "../../src/screens/guest/rules/progress.ts";
import { found } from "../../src/screens/guest/rules/search.ts";
import { ANA, cartLine, command, dish, group, LUIS, line, order, START, visit } from "./table.ts";

it.each([
  ["E3EGYYMA", "E3EGYYMA"],
  ["e3eg-yyma", "E3EGYYMA"],
  [" e3eg yyma", "E3EGYYMA"],
  ["OILZSBU1", "011258V1"],
  ["E3EG", null],
  ["E3EG-YYM?", null],
])("the code %j is read as %j", (typed, code) => {
  expect(readCode(typed)).toBe(code);
});

describe("a bill", () => {
  it("has the tax in it, or on top, once and half up", () => {
    expect(billOf(15_800, { pricesIncludeTax: true, taxRate: 1_800 })).toEqual({
      dishes: 15_800,
      tax: 2_410,
      total: 15_800,
    });
    expect(billOf(1_025, { pricesIncludeTax: false, taxRate: 1_000 })).toEqual({
      dishes: 1_025,
      tax: 103,
      total: 1_128,
    });
    expect(billOf(999, { pricesIncludeTax: true, taxRate: 0 }).tax).toBe(0);
  });

  it("counts what was chosen, and no order that was cancelled", () => {
    expect(priceOf(dish("lomo", { modifierGroups: [group(0, 2, "egg", "rice")] }), ["rice"])).toBe(1_200);
    const orders = [order({ balance: 400 }), order({ status: "cancelled", balance: 0 })];
    expect(soFar(orders)).toEqual({ total: 1_000, open: 400 });
  });
});

describe("the cart", () => {
  const cart = { id: "s", rev: 1, lines: [cartLine("1", LUIS), cartLine("2", LUIS)] };

  it("shows at once what was done here, and whose a line is", () => {
    const { lines } = shownCart(
      { cart },
      [
        command("a", { on: "cart", lineId: "1", dish: { menuItemId: "causa", quantity: 3 } }),
        command("b", { on: "cart", lineId: "2", dish: null }),
        command("c", { on: "cart", lineId: "3", dish: { menuItemId: "lomo", quantity: 1, notes: "rare" } }),
      ],
      ANA,
    );
    expect(lines).toEqual([
      cartLine("1", LUIS, { quantity: 3 }),
      cartLine("3", ANA, { menuItemId: "lomo", notes: "rare" }),
    ]);
  });

  it("gives what was sent away, and what comes after it stays", () => {
    const { lines, sending } = shownCart(
      { cart },
      [
        command("a", { on: "order", orderId: "o", lineIds: ["1", "2"] }),
        command("b", { on: "cart", lineId: "3", dish: { menuItemId: "lomo", quantity: 1 } }),
      ],
      ANA,
    );
    expect(sending).toEqual(cart.lines);
    expect(lines).toEqual([cartLine("3", ANA, { menuItemId: "lomo" })]);
  });

  it("holds an order back until its event has come, however early its answer", () => {
    const sent = command("a", { on: "order", orderId: "o", lineIds: ["1"] });
    const waiting = command("b");
    const answered = [{ command: sent, answer: { id: "o" } }];
    expect(underWay({ orders: [], requests: [] }, answered, [sent, waiting])).toEqual([sent, waiting]);
    expect(underWay({ orders: [], requests: [] }, answered, [waiting])).toEqual([sent, waiting]);
    expect(underWay({ orders: [order({ id: "o" })], requests: [] }, answered, [waiting])).toEqual([waiting]);
  });

  it("is priced by the menu, which says what has sold out", () => {
    const lomo = dish("lomo", { price: 2_000, modifierGroups: [group(0, 1, "egg")] });
    const menu = { version: 1, categories: [{ id: "c", name: "", items: [dish("causa"), lomo] }] };
    const lines = [
      cartLine("1", ANA, { quantity: 2 }),
      cartLine("2", ANA, { menuItemId: "lomo", modifierIds: ["egg"] }),
      cartLine("3", ANA, { menuItemId: "gone" }),
    ];
    const told = priced(lines, menu).map(({ name, amount, soldOut }) => [name, amount, soldOut]);
    expect(told).toEqual([
      ["causa", 2_000, false],
      ["lomo", 2_100, false],
      ["", 0, true],
    ]);
    const out = {
      ...menu,
      categories: [{ id: "c", name: "", items: [dish("causa", { isAvailable: false })] }],
    };
    expect(priced(lines, out)[0]?.soldOut).toBe(true);
    expect(priced(lines, undefined).map(({ soldOut }) => soldOut)).toEqual([false, false, false]);
    expect(counted(lines).get("causa")).toBe(2);
  });

  it("adds one more to one's own plain line, never to another's", () => {
    const lines = [
      cartLine("1", LUIS),
      cartLine("2", ANA, { notes: "hot" }),
      cartLine("3", ANA, { modifierIds: ["egg"] }),
      cartLine("4", ANA),
    ];
    expect(sameAgain(lines, "causa", ANA)?.id).toBe("4");
    expect(sameAgain(lines.slice(0, 3), "causa", ANA)).toBeUndefined();
  });
});

describe("choosing", () => {
  it("takes one for another where one is allowed, and no more than are", () => {
    const one = group(1, 1, "rare", "done");
    expect(tapped(one, ["rare", "else"], "done")).toEqual(["else", "done"]);
    expect(tapped(one, ["rare"], "rare")).toEqual(["rare"]);
    const two = group(0, 2, "a", "b", "c");
    expect(tapped(two, ["a"], "b")).toEqual(["a", "b"]);
    expect(tapped(two, ["a", "b"], "c")).toEqual(["a", "b"]);
    expect(tapped(two, ["a", "b"], "a")).toEqual(["b"]);
    expect(isOpen(two, ["a", "b"], { id: "c", isAvailable: true })).toBe(false);
    expect(isOpen(two, ["a"], { id: "c", isAvailable: false })).toBe(false);
    expect(isOpen(one, ["rare"], { id: "done", isAvailable: true })).toBe(true);
  });

  it("finds what is still to be chosen", () => {
    const groups = [group(0, 1, "x"), group(1, 1, "rare")];
    expect(missing(groups, [])?.id).toBe("1-1");
    expect(missing(groups, ["rare"])).toBeUndefined();
  });
});

describe("an order", () => {
  const steps = (more: Parameters<typeof order>[0]) => stepsOf(order(more)).map(({ is }) => is);

  it("goes from the table to the kitchen and back", () => {
    expect(steps({ status: "pending" })).toEqual(["done", "now", "ahead", "ahead"]);
    expect(steps({ status: "confirmed" })).toEqual(["done", "now", "ahead", "ahead"]);
    expect(steps({ status: "confirmed", seenAt: START })).toEqual(["done", "done", "now", "ahead"]);
    expect(steps({ status: "preparing" })).toEqual(["done", "done", "now", "ahead"]);
    expect(steps({ status: "ready" })).toEqual(["done", "done", "done", "now"]);
    expect(steps({ status: "served" })).toEqual(["done", "done", "done", "done"]);
  });

  it("says how it stands in a word", () => {
    const ready = line("causa", { status: "ready" });
    expect(moodOf([])).toBe("quiet");
    expect(moodOf([order({ status: "pending" })])).toBe("unconfirmed");
    expect(moodOf([order({ status: "pending" }), order()])).toBe("cooking");
    expect(moodOf([order({ status: "ready", items: [ready] })])).toBe("coming");
    expect(moodOf([order({ status: "served" }), order({ status: "cancelled" })])).toBe("quiet");
  });

  it("tells when the last dish is due, until it is late", () => {
    const items = new Map([["causa", dish("causa")]]);
    expect(minutesLeft(order(), items, START + MINUTE)).toBe(9);
    expect(minutesLeft(order(), items, START + 11 * MINUTE)).toBeNull();
    expect(minutesLeft(order({ items: [line("causa", { status: "ready" })] }), items, START)).toBeNull();
  });
});

describe("a visit", () => {
  const snapshot = (more: Parameters<typeof visit>[0]) => ({ session: visit(more) }) as GuestSnapshot;

  it("ends for a phone in one of these ways", () => {
    expect(endingOf(snapshot({}), "ana")).toBeNull();
    expect(endingOf(snapshot({ status: "completed", guests: [] }), "ana")).toBe("completed");
    expect(endingOf(snapshot({ status: "rejected", guests: [] }), "ana")).toBe("rejected");
    expect(endingOf(snapshot({ guests: [LUIS] }), "ana")).toBe("removed");
    expect(endingOf(snapshot({ status: "completed", mergedInto: "other" }), "ana")).toBeNull();
  });

  it("is taken part in by who was let in, while it is active", () => {
    const waiting = { ...LUIS, status: "waiting" as const };
    expect(isIn(snapshot({ guests: [ANA, waiting] }), "ana")).toBe(true);
    expect(isIn(snapshot({ guests: [ANA, waiting] }), "luis")).toBe(false);
    expect(isIn(snapshot({ status: "pending" }), "ana")).toBe(false);
    expect(knocking(visit({ guests: [ANA, waiting] }))).toEqual([waiting]);
  });
});

it("finds dishes by all of the words, without accents", () => {
  const items = [dish("Ají de gallina"), dish("Ají amarillo", { description: "Sauce", tags: ["spicy"] })];
  const names = (sought: string) =>
    found([{ id: "c", name: "", items }], sought).flatMap((each) => each.items.map(({ name }) => name));
  expect(names("aji")).toEqual(["Ají de gallina", "Ají amarillo"]);
  expect(names("SPICY ají")).toEqual(["Ají amarillo"]);
  expect(names("pizza")).toEqual([]);
});
