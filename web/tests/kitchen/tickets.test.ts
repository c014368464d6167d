/** What stands on the kitchen's wall. */

import type { OrderView } from "@restai/sdk/types";
import { describe, expect, it } from "vitest";
import { MINUTE } from "../../src/lib/time.ts";
import {
  allDay,
  type Filter,
  recallable,
  type Struck,
  sharing,
  toBump,
  wall,
} from "../../src/screens/kitchen/rules/tickets.ts";
import { ALL, line, lineId, NOTHING, order, read, START, screen, snapshot } from "./house.ts";

function shown(orders: OrderView[], filter: Filter = ALL, struck: Struck = NOTHING): string[] {
  return wall(snapshot(orders), orders, filter, struck).tickets.map(read);
}

const GRILL: Filter = { stations: ["grill"], spaces: null };

describe("which orders are there", () => {
  it("is oldest first, rushed ones before all", () => {
    const orders = [
      order(41, 3, [line("Causa")]),
      order(38, 1, [line("Lomo")]),
      order(45, 9, [line("Anticuchos")], { priority: true }),
    ];
    expect(shown(orders)).toEqual(["45: Anticuchos", "38: Lomo", "41: Causa"]);
  });

  it("is not one that nobody has confirmed, nor one that is over", () => {
    for (const status of ["pending", "completed", "cancelled"] as const) {
      expect(shown([order(38, 1, [line("Lomo")], { status })])).toEqual([]);
    }
  });

  it("is not one of drinks that no station makes", () => {
    expect(shown([order(38, 1, [line("Agua", { station: "none", status: "ready" })])])).toEqual([]);
  });

  it("is one as long as a line is open, and then not any more", () => {
    const lomo = line("Lomo", { status: "ready" });
    expect(shown([order(38, 1, [lomo, line("Papas", { status: "preparing" })])])).toEqual([
      "38: ✓Lomo, Papas",
    ]);
    expect(shown([order(38, 1, [lomo, line("Papas", { status: "ready" })])])).toEqual([]);
    expect(shown([order(38, 1, [lomo, line("Papas", { status: "served" })])])).toEqual([]);
  });
});

describe("an add-on", () => {
  const added = START + 30 * MINUTE;
  const causa = line("Causa", { status: "served" });
  const lomo = line("Lomo", { id: lineId("Lomo", added), round: 2 });

  it("to an order that was served shows exactly the new lines, and is as old as they are", () => {
    const [ticket] = wall(snapshot(), [order(41, 0, [causa, lomo])], ALL, NOTHING).tickets;
    expect(ticket && read(ticket)).toBe("41: Lomo");
    expect(ticket?.rounds[0]?.addedAt).toBe(added);
    expect(ticket?.since).toBe(added);
  });

  it("to an order that is being made stands behind a separator", () => {
    const papas = line("Papas");
    const [ticket] = wall(
      snapshot(),
      [order(41, 0, [{ ...causa, status: "ready" }, papas, lomo])],
      ALL,
      NOTHING,
    ).tickets;
    expect(ticket && read(ticket)).toBe("41: ✓Causa, Papas | Lomo");
    expect(ticket?.rounds.map((round) => round.addedAt)).toEqual([null, added]);
    expect(ticket?.since).toBe(START);
  });
});

describe("what was cancelled", () => {
  const gone = line("Anticuchos", { status: "cancelled" });

  it("is struck through on a ticket that is there anyway", () => {
    expect(shown([order(38, 1, [line("Lomo"), gone])])).toEqual(["38: Lomo, -Anticuchos"]);
  });

  it("keeps its ticket there until it is bumped, if this screen had shown it", () => {
    const whole = order(38, 1, [gone], { status: "cancelled" });
    const struck: Struck = new Map([[whole.id, { order: whole, lineIds: new Set([gone.id]) }]]);
    expect(shown([], ALL, struck), "also when the branch has forgotten it").toEqual(["38: -Anticuchos"]);
    expect(shown([whole])).toEqual([]);
  });

  it("does not come back with a later round", () => {
    const lomo = line("Lomo", { round: 2 });
    expect(shown([order(38, 1, [gone, lomo])])).toEqual(["38: Lomo"]);
  });

  it("is not made ready by a bump, nor is what was", () => {
    const orders = [order(38, 1, [line("Lomo"), gone, line("Causa", { status: "ready" })])];
    const [ticket] = wall(snapshot(), orders, ALL, NOTHING).tickets;
    expect(ticket && toBump(ticket).map(({ name }) => name)).toEqual(["Lomo"]);
  });
});

describe("filters", () => {
  const orders = [
    order(38, 1, [line("Lomo"), line("Pisco sour", { station: "bar", quantity: 2 })], { tableId: "t12" }),
    order(40, 2, [line("Chilcano", { station: "bar" })]),
    order(41, 3, [line("Ribeye")]),
    order(45, 4, [line("Anticuchos")], { tableId: null, tableNumber: null, type: "takeout" }),
  ];

  it("show a station's lines, say where else the order is, and how many are hidden", () => {
    const { tickets, hidden } = wall(snapshot(), orders, GRILL, NOTHING);
    expect(tickets.map(read)).toEqual(["38: Lomo", "41: Ribeye", "45: Anticuchos"]);
    expect(tickets[0]?.elsewhere).toEqual([{ station: "bar", count: 2, done: false }]);
    expect(hidden).toBe(1);
  });

  it("hide a ticket when this station is done, and tell the others that it is", () => {
    const done = order(38, 1, [line("Lomo", { status: "ready" }), line("Pisco sour", { station: "bar" })]);
    expect(shown([done], GRILL)).toEqual([]);
    const [ticket] = wall(snapshot(), [done], { stations: ["bar"], spaces: null }, NOTHING).tickets;
    expect(ticket?.elsewhere).toEqual([{ station: "grill", count: 1, done: true }]);
  });

  it("show the tables of a space, or what has none", () => {
    const { tickets, hidden } = wall(snapshot(), orders, { stations: null, spaces: ["terrace"] }, NOTHING);
    expect(tickets.map(read)).toEqual(["38: Lomo, Pisco sour"]);
    expect(tickets[0]?.space).toBe("Terrace");
    expect(hidden).toBe(3);
    expect(shown(orders, { stations: null, spaces: [""] })).toEqual(["45: Anticuchos"]);
  });

  it("recall what they show: what is ready, of its stations and spaces", () => {
    const pisco = line("Pisco sour", { station: "bar", status: "ready" });
    const ready = order(38, 1, [line("Lomo", { status: "ready" }), pisco, line("Papas")], { tableId: "t12" });
    const names = (filter: Partial<Filter>) => recallable(ready, screen(filter)).map(({ name }) => name);
    expect(names({})).toEqual(["Lomo", "Pisco sour"]);
    expect(names({ stations: ["bar"], spaces: ["terrace"] })).toEqual(["Pisco sour"]);
    expect(names({ spaces: ["salon"] })).toEqual([]);
  });

  it("hide nothing when there are none", () => {
    expect(wall(snapshot(), orders, ALL, NOTHING).hidden).toBe(0);
  });
});

it("counts what is still to be made, all day", () => {
  const orders = [
    order(38, 1, [line("Lomo", { quantity: 2 }), line("Causa", { status: "ready" })]),
    order(40, 2, [line("Lomo"), line("Anticuchos"), line("Papas", { status: "cancelled" })]),
    order(41, 3, [line("Ají")], { status: "pending" }),
  ];
  expect(allDay(wall(snapshot(), orders, ALL, NOTHING).tickets)).toEqual([
    { name: "Lomo", count: 3 },
    { name: "Anticuchos", count: 1 },
  ]);
});

it("counts the guests who are in", () => {
  const house = snapshot();
  const guests = ["in", "in", "waiting", "out"].map((status, at) => ({ id: `${at}`, name: "x", status }));
  house.sessions = [{ id: "s", guests }] as unknown as typeof house.sessions;
  const { tickets } = wall(house, [order(38, 1, [line("Lomo")], { sessionId: "s" })], ALL, NOTHING);
  expect(tickets[0]?.guests).toBe(2);
});

it("draws again only what has changed", () => {
  const orders = [order(38, 1, [line("Lomo")]), order(40, 2, [line("Causa")])];
  const [first] = orders as [OrderView, OrderView];
  const before = wall(snapshot(), orders, ALL, NOTHING).tickets;
  const changed = [first, { ...order(40, 2, [line("Causa")]), rev: 2 }];
  const after = sharing(before, wall(snapshot(), changed, ALL, NOTHING).tickets);
  expect(after[0]).toBe(before[0]);
  expect(after[1]).not.toBe(before[1]);
  expect(sharing(before, wall(snapshot(), orders, GRILL, NOTHING).tickets)[0]).not.toBe(before[0]);
});
