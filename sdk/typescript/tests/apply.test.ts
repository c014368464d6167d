/** What events do to a snapshot, for staff and for guests. */

import { describe, expect, it } from "vitest";
import { apply, update } from "../src/apply.ts";
import type { Json } from "../src/messages.ts";

function staff(fields: Json = {}): Json {
  return {
    stream: { epoch: "e1", seq: 10 },
    branch: { id: "b", rev: 1, name: "Miraflores" },
    till: null,
    menuVersion: 1,
    tables: [],
    sessions: [],
    orders: [],
    requests: [],
    screens: [],
    ...fields,
  };
}

function guest(fields: Json = {}): Json {
  return {
    stream: { epoch: "e1", seq: 10 },
    branch: { id: "b", rev: 1 },
    table: thing("t1", 1, { number: "1" }),
    session: thing("s1", 1, { status: "pending" }),
    orders: [],
    cart: thing("s1", 1, { lines: [] }),
    requests: [],
    menuVersion: 1,
    ...fields,
  };
}

function thing(id: string, rev = 1, fields: Json = {}): Json {
  return { id, rev, ...fields };
}

function event(type: string, fields: Json, seq = 11): Json {
  return { v: 1, id: "x", type, branchId: "b", seq, timestamp: 0, ...fields };
}

describe("the position", () => {
  it("is moved by an event", () => {
    const after = apply(
      staff(),
      event("order:created", { order: thing("o1", 1, { status: "pending" }) }, 15),
    );
    expect(after.stream).toEqual({ epoch: "e1", seq: 15 });
  });

  it.each([9, 10])("makes an event pass that was seen already (%i)", (seq) => {
    const before = staff();
    const created = event("order:created", { order: thing("o1", 1, { status: "pending" }) }, seq);
    expect(apply(before, created)).toBe(before);
  });

  it("is all that changes by an event without news for the snapshot", () => {
    const before = staff({ orders: [thing("o1", 1, { status: "ready" })] });
    for (const unknown of [
      event("weather:changed", { sky: "grey" }),
      event("order:created", {}),
      event("order", {}),
      event("order:created", { order: null }),
      event("menu:availability", { menuItemId: "i", isAvailable: false, item: thing("i") }),
    ]) {
      expect(apply(before, unknown)).toEqual({ ...before, stream: { epoch: "e1", seq: 11 } });
    }
  });
});

it("changes nothing in place", () => {
  const before = staff({ orders: [thing("o1", 1, { status: "pending" })], till: thing("x") });
  const kept = structuredClone(before);
  apply(before, event("order:updated", { order: thing("o1", 2, { status: "cancelled" }) }));
  apply(before, event("till:closed", { till: thing("x", 2, { status: "closed" }) }));
  update(before, "order", thing("o1", 3, { status: "ready" }));
  expect(before).toEqual(kept);
});

it("replaces only by a higher rev", () => {
  const before = staff({
    orders: [thing("o1", 5, { status: "ready" }), thing("o2", 1, { status: "pending" })],
  });
  const changed = (rev: number) =>
    apply(before, event("order:updated", { order: thing("o1", rev, { status: "served" }) })).orders;
  expect(changed(4)).toEqual(before.orders);
  expect(changed(5)).toEqual(before.orders);
  expect(changed(6)).toEqual([thing("o1", 6, { status: "served" }), before.orders[1]]);
});

it.each([
  ["order:created", "order", "orders", "pending"],
  ["table:occupied", "table", "tables", "occupied"],
  ["session:approved", "session", "sessions", "active"],
  ["guest:waiting", "session", "sessions", "pending"],
  ["request:created", "request", "requests", "pending"],
  ["screen:online", "screen", "screens", "online"],
  ["order:unseen", "order", "orders", "confirmed"],
])("%s has its collection", (type, field, collection, status) => {
  const fresh = thing("n", 1, { status });
  expect(apply(staff(), event(type, { [field]: fresh }))[collection]).toEqual([fresh]);
});

it.each([
  ["orders", "order", "order:updated", { status: "completed", balance: 0 }, false],
  ["orders", "order", "order:updated", { status: "completed", balance: 100 }, true],
  ["orders", "order", "order:updated", { status: "cancelled", balance: -100 }, true],
  ["orders", "order", "order:updated", { status: "cancelled" }, false],
  ["tables", "table", "table:updated", { archived: true }, false],
  ["sessions", "session", "session:ended", { status: "completed" }, false],
  ["sessions", "session", "session:approved", { status: "active" }, true],
  ["requests", "request", "request:acknowledged", { status: "acknowledged" }, true],
  ["requests", "request", "request:resolved", { status: "resolved" }, false],
  ["screens", "screen", "screen:offline", { status: "offline" }, false],
])("of %s, a %s that is %s %j stays: %s", (collection, field, type, fields, stays) => {
  const before = staff({ [collection]: [thing("a", 1, { status: "pending" }), thing("z")] });
  const changed = thing("a", 2, fields);
  const after = apply(before, event(type, { [field]: changed }));
  expect(after[collection]).toEqual(stays ? [changed, thing("z")] : [thing("z")]);
});

it("never adds what does not belong", () => {
  const ended = event("session:ended", { session: thing("s", 9, { status: "completed" }) });
  expect(apply(staff(), ended).sessions).toEqual([]);
});

it("takes all orders of a payment", () => {
  const before = staff({
    orders: [thing("o1", 1, { status: "served" }), thing("o2", 1, { status: "ready" })],
  });
  const done = thing("o1", 2, { status: "completed", balance: 0 });
  const paid = thing("o2", 2, { status: "ready", balance: 0 });
  const after = apply(before, event("payment:recorded", { payment: thing("p"), orders: [done, paid] }));
  expect(after.orders).toEqual([paid]);
});

it("opens and closes the till, renames the branch, counts the menu", () => {
  const open = thing("day 1", 1, { status: "open" });
  const opened = apply(staff(), event("till:opened", { till: open }));
  expect(opened.till).toEqual(open);
  const closed = apply(opened, event("till:closed", { till: thing("day 1", 2, { status: "closed" }) }, 12));
  expect(closed.till).toBeNull();
  const branch = thing("b", 2, { name: "Barranco" });
  expect(apply(staff(), event("branch:updated", { branch })).branch).toEqual(branch);
  expect(apply(staff(), event("menu:updated", { menuVersion: 7 })).menuVersion).toBe(7);
});

describe("a guest", () => {
  it("keeps everything of the visit", () => {
    const before = guest({ orders: [thing("o1", 1, { status: "ready" })] });
    const done = thing("o1", 2, { status: "cancelled" });
    expect(apply(before, event("order:updated", { order: done })).orders).toEqual([done]);
  });

  it("has one session and one table", () => {
    const approved = thing("s1", 2, { status: "active" });
    const after = apply(guest(), event("session:approved", { session: approved }));
    expect(after.session).toEqual(approved);
    const moved = apply(after, event("table:occupied", { table: thing("t7", 1, { number: "7" }) }, 12));
    expect(moved.table.number).toBe("7");
    const late = apply(
      moved,
      event("session:updated", { session: thing("s1", 1, { status: "pending" }) }, 13),
    );
    expect(late.session).toEqual(approved);
  });

  it("sees the visit's end and the shared cart", () => {
    const ended = thing("s1", 2, { status: "completed" });
    expect(apply(guest(), event("session:ended", { session: ended })).session).toEqual(ended);
    const cart = thing("s1", 2, { lines: [{ id: "l1" }] });
    expect(apply(guest(), event("cart:updated", { cart })).cart).toEqual(cart);
  });
});

describe("what a REST call answered", () => {
  it("updates what is there", () => {
    const before = staff({ orders: [thing("o1", 2, { status: "preparing" })] });
    const ready = thing("o1", 3, { status: "ready" });
    expect(update(before, "order", ready).orders).toEqual([ready]);
    expect(update(guest(), "session", thing("s1", 2, { status: "active" })).session.status).toBe("active");
  });

  it("changes nothing when it is late, and brings nothing back", () => {
    const before = staff({ orders: [thing("o1", 2, { status: "confirmed" })] });
    const newer = apply(before, event("order:updated", { order: thing("o1", 4, { status: "ready" }) }));
    expect(update(newer, "order", thing("o1", 3, { status: "preparing" }))).toEqual(newer);
    const gone = apply(before, event("order:updated", { order: thing("o1", 4, { status: "completed" }) }));
    expect(update(gone, "order", thing("o1", 3, { status: "served" })).orders).toEqual([]);
    expect(update(gone, "till", thing("day 1", 1, { status: "open" })).till).toBeNull();
  });
});
