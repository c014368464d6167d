/** What a phone knows of its visit, and what it still knows once that is over. */

import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { MINUTE } from "../../src/lib/time.ts";
import {
  endSeat,
  type Farewell,
  keepSeat,
  leaveSeat,
  type Seat,
  seatAt,
  seatOf,
} from "../../src/screens/guest/seat.ts";
import { START } from "./table.ts";

const CODE = "7KQ4-9XMB";
const ANA: Seat = { code: CODE, token: "eyJ.abc", guestId: "ana", name: "Ana", branchId: "b", ended: null };
const PAID: Farewell = {
  how: "completed",
  reason: null,
  branch: "Casa Andina",
  total: "S/ 140.00",
  at: START,
};
const OVER: Farewell = { ...PAID, how: "over", total: null };
let stored: Map<string, string>;

beforeEach(() => {
  vi.useFakeTimers({ now: START });
  stored = new Map();
  vi.stubGlobal("localStorage", {
    getItem: (name: string) => stored.get(name) ?? null,
    setItem: (name: string, text: string) => void stored.set(name, text),
    removeItem: (name: string) => void stored.delete(name),
  });
});

afterEach(() => {
  leaveSeat();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it("comes back to its table, with what lets it in", () => {
  keepSeat(ANA);
  expect(seatAt(CODE)).toEqual(ANA);
  expect(seatAt("AAAA-AAAA")).toBeNull();
});

it("keeps nothing of a visit that is over but the farewell, and that for an hour", () => {
  keepSeat(ANA);
  expect(endSeat(ANA, PAID)).toEqual({ code: CODE, name: "Ana", ended: PAID });
  expect([...stored.values()].map((text) => JSON.parse(text))).toEqual([
    { code: CODE, name: "Ana", ended: PAID },
  ]);
  vi.setSystemTime(START + 60 * MINUTE);
  expect(seatAt(CODE)?.ended).toEqual(PAID);
  vi.setSystemTime(START + 61 * MINUTE);
  expect(seatOf()).toBeNull();
  expect(stored.size).toBe(0);
});

it("says the goodbye of the tab that heard it first", () => {
  keepSeat(ANA);
  endSeat(ANA, PAID);
  expect(endSeat(ANA, OVER).ended).toEqual(PAID);
  expect(seatAt(CODE)?.ended).toEqual(PAID);
});

it("takes no seat from who has sat down anew in another tab, or has left it", () => {
  const again = { ...ANA, token: "eyJ.def", guestId: "ana again" };
  keepSeat(again);
  expect(endSeat(ANA, OVER).ended).toEqual(OVER);
  expect(seatAt(CODE)).toEqual(again);
  leaveSeat();
  expect(endSeat(ANA, OVER).ended).toEqual(OVER);
  expect(seatOf()).toBeNull();
});
