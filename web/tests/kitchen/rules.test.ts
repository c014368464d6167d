/** The kitchen's smaller rules: ages, what is struck, what rings. */

import type { OrderView } from "@restai/sdk/types";
import { describe, expect, it } from "vitest";
import { MINUTE, SECOND } from "../../src/lib/time.ts";
import { ageOf } from "../../src/screens/kitchen/rules/ages.ts";
import { soundOf } from "../../src/screens/kitchen/rules/sounds.ts";
import { clear, readStruck, strike, written } from "../../src/screens/kitchen/rules/struck.ts";
import { ALL, line, lineId, NOTHING, order } from "./house.ts";

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
  const before = order(38, 1, [line("Lomo"), line("Causa", { status: "ready" })]);
  const cancelled = (...names: string[]) => ({
    ...before,
    items: before.items.map((each) =>
      names.includes(each.name) ? { ...each, status: "cancelled" as const } : each,
    ),
  });

  it("is what was open and was cancelled; what was ready has left the kitchen", () => {
    const struck = strike(NOTHING, before, cancelled("Lomo", "Causa"));
    expect([...(struck.get(before.id)?.lineIds ?? [])]).toEqual([lineId("Lomo")]);
    expect(strike(NOTHING, before, cancelled("Causa"))).toBe(NOTHING);
    expect(strike(NOTHING, before, { ...before, status: "preparing" })).toBe(NOTHING);
  });

  it("keeps the order as it is now, whatever happens to it later", () => {
    const struck = strike(NOTHING, before, cancelled("Lomo"));
    const later: OrderView = { ...cancelled("Lomo"), status: "cancelled" };
    expect(strike(struck, cancelled("Lomo"), later).get(before.id)?.order.status).toBe("cancelled");
  });

  it("is gone with a bump, and survives a reload", () => {
    const struck = strike(NOTHING, before, cancelled("Lomo"));
    expect(clear(struck, before.id).size).toBe(0);
    expect(readStruck(JSON.parse(JSON.stringify(written(struck))))).toEqual(struck);
    expect(readStruck(null).size).toBe(0);
  });
});

describe("sounds", () => {
  const lomo = line("Lomo");
  const now = order(38, 1, [lomo]);
  const sound = (before: OrderView | undefined, after: OrderView, replay = false) =>
    soundOf({ type: "order:updated", order: after }, before, ALL, replay);

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
    const bar = { stations: ["bar"], spaces: null };
    expect(soundOf({ type: "order:created", order: now }, undefined, bar, false)).toBeNull();
  });
});
