/** The kitchen's smaller rules: ages, what is struck, what rings. */

import type { OrderView } from "@restai/sdk/types";
import { describe, expect, it } from "vitest";
import { MINUTE, SECOND } from "../../src/lib/time.ts";
import { ageOf } from "../../src/screens/kitchen/rules/ages.ts";
import { soundOf } from "../../src/screens/kitchen/rules/sounds.ts";
import { clear, putBack, readStruck, strike, written } from "../../src/screens/kitchen/rules/struck.ts";
import { line, lineId, NOTHING, order, screen } from "./house.ts";

it.each([
  [0, "fresh"],
  [8 * MINUTE - SECOND, "fresh"],
  [8 * MINUTE, "due"],
  [12 * MINUTE - SECOND, "due"],
  [12 * MINUTE, "late"],
  [90 * MINUTE, "late"],
])("after %i ms a ticket is %s", (span, age) => {
  expect(ageOf(span, { due: 8, late: 12 })).toBe(age);
});

it("goes by this screen's own limits", () => {
  expect(ageOf(5 * MINUTE, { due: 3, late: 5 })).toBe("late");
});

describe("struck", () => {
  const all = screen();
  const before = order(38, 1, [line("Lomo"), line("Causa", { status: "ready" })]);
  const cancelled = (...names: string[]) => ({
    ...before,
    items: before.items.map((each) =>
      names.includes(each.name) ? { ...each, status: "cancelled" as const } : each,
    ),
  });

  it("is what was open and was cancelled; what was ready has left the kitchen", () => {
    const struck = strike(NOTHING, before, cancelled("Lomo", "Causa"), all);
    expect([...(struck.get(before.id)?.lineIds ?? [])]).toEqual([lineId("Lomo")]);
    expect(strike(NOTHING, before, cancelled("Causa"), all)).toBe(NOTHING);
    expect(strike(NOTHING, before, { ...before, status: "preparing" }, all)).toBe(NOTHING);
  });

  it("keeps the order as it is now, whatever happens to it later", () => {
    const struck = strike(NOTHING, before, cancelled("Lomo"), all);
    const later: OrderView = { ...cancelled("Lomo"), status: "cancelled" };
    expect(strike(struck, cancelled("Lomo"), later, all).get(before.id)?.order.status).toBe("cancelled");
  });

  it("is gone with a bump, and survives a reload", () => {
    const struck = strike(NOTHING, before, cancelled("Lomo"), all);
    expect(clear(struck, before.id).size).toBe(0);
    expect(readStruck(JSON.parse(JSON.stringify(written(struck))), all)).toEqual(struck);
    expect(readStruck(null, all).size).toBe(0);
  });

  it("is nothing that other stations make, nor what is for other spaces", () => {
    expect(strike(NOTHING, before, cancelled("Lomo"), screen({ stations: ["bar"] }))).toBe(NOTHING);
    expect(strike(NOTHING, before, cancelled("Lomo"), screen({ spaces: ["terrace"] }))).toBe(NOTHING);
    expect(strike(NOTHING, before, cancelled("Lomo"), screen({ spaces: ["salon"] })).size).toBe(1);
    const pisco = line("Pisco", { station: "bar" });
    const both = { ...before, items: [...before.items, pisco] };
    const none: OrderView = { ...both, items: both.items.map((each) => ({ ...each, status: "cancelled" })) };
    const grill = strike(NOTHING, both, none, screen({ stations: ["grill"] }));
    expect(grill.get(before.id)?.lineIds).toEqual(new Set([lineId("Lomo")]));
  });

  it("goes when this screen can't show it any more: to another space, or with another choice", () => {
    const salon = screen({ spaces: ["salon"] });
    const struck = strike(NOTHING, before, cancelled("Lomo"), salon);
    const moved = { ...cancelled("Lomo"), tableId: "t12" };
    expect(strike(struck, cancelled("Lomo"), moved, salon).size).toBe(0);
    expect(readStruck(written(struck), screen({ stations: ["bar"] })).size).toBe(0);
  });

  it("is put back beside what was cancelled since its bump", () => {
    const other = order(40, 2, [line("Papas")]);
    const gone = { ...other, items: [line("Papas", { status: "cancelled" })] };
    const struck = strike(NOTHING, before, cancelled("Lomo"), all);
    const meanwhile = strike(clear(struck, before.id), other, gone, all);
    expect(putBack(meanwhile, struck.get(before.id))).toEqual(new Map([...struck, ...meanwhile]));
    expect(putBack(meanwhile, undefined)).toBe(meanwhile);
    const later = cancelled("Lomo", "Causa");
    const causa = { order: later, lineIds: new Set([lineId("Causa")]) };
    expect(putBack(new Map([[before.id, causa]]), struck.get(before.id)).get(before.id)).toEqual({
      order: later,
      lineIds: new Set([lineId("Lomo"), lineId("Causa")]),
    });
  });
});

describe("sounds", () => {
  const lomo = line("Lomo");
  const now = order(38, 1, [lomo]);
  const sound = (before: OrderView | undefined, after: OrderView, replay = false) =>
    soundOf({ type: "order:updated", order: after }, before, screen(), replay);

  it("tell new, changed and cancelled apart", () => {
    expect(sound(undefined, now)).toBe("new");
    expect(sound({ ...now, status: "pending" }, now)).toBe("new");
    expect(sound(now, { ...now, items: [lomo, line("Papas", { round: 2 })] })).toBe("changed");
    expect(sound(now, { ...now, priority: true })).toBe("changed");
    expect(sound(now, { ...now, items: [{ ...lomo, status: "cancelled" }] })).toBe("cancelled");
    expect(sound(now, { ...now, status: "cancelled", items: [{ ...lomo, status: "cancelled" }] })).toBe(
      "cancelled",
    );
  });

  it("are silent for what cooks do themselves, and for old news", () => {
    expect(sound(now, { ...now, status: "ready", items: [{ ...lomo, status: "ready" }] })).toBeNull();
    expect(sound({ ...now, items: [{ ...lomo, status: "ready" }] }, now), "an undo").toBeNull();
    expect(sound(undefined, { ...now, status: "pending" })).toBeNull();
    expect(sound(undefined, now, true)).toBeNull();
  });

  it("are silent for what other stations make", () => {
    const bar = screen({ stations: ["bar"] });
    expect(soundOf({ type: "order:created", order: now }, undefined, bar, false)).toBeNull();
  });

  it("are silent for other spaces, until an order moves here", () => {
    const at = (space: string, before: OrderView | undefined, after: OrderView) =>
      soundOf({ type: "order:updated", order: after }, before, screen({ spaces: [space] }), false);
    const cancelled: OrderView = { ...now, items: [{ ...lomo, status: "cancelled" }] };
    const moved: OrderView = { ...now, tableId: "t12" };
    expect([at("salon", undefined, now), at("terrace", undefined, now)]).toEqual(["new", null]);
    expect([at("salon", now, cancelled), at("terrace", now, cancelled)]).toEqual(["cancelled", null]);
    expect([at("salon", now, moved), at("terrace", now, moved)]).toEqual([null, "new"]);
  });
});
