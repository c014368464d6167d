/** A house on an evening, for tests of the kitchen: Grill and Bar, a Salón and a Terrace. */

import type { LineView, OrderView, Snapshot } from "@restai/sdk/types";
import { MINUTE } from "../../src/lib/time.ts";
import {
  type Filter,
  type LineLook,
  type Shows,
  type Struck,
  showing,
  type Ticket,
} from "../../src/screens/kitchen/rules/tickets.ts";

export const START = 1_700_000_000_000;
export const ALL: Filter = { stations: null, spaces: null };
export const NOTHING: Struck = new Map();

/** A line's id, which tells when it was made. */
export function lineId(name: string, at = START): string {
  const time = at.toString(16).padStart(12, "0");
  const letters = [...name]
    .map((letter) => letter.charCodeAt(0).toString(16))
    .join("")
    .padEnd(12, "0")
    .slice(0, 12);
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${letters}`;
}

export function line(name: string, more: Partial<LineView> = {}): LineView {
  return {
    id: lineId(name),
    menuItemId: name,
    name,
    unitPrice: 1_000,
    quantity: 1,
    modifiers: [],
    notes: null,
    allergens: [],
    station: "grill",
    status: "pending",
    round: 1,
    guestName: null,
    seenAt: null,
    ...more,
  };
}

/** An order that came `minutes` after the evening began. */
export function order(
  number: number,
  minutes: number,
  items: LineView[],
  more: Partial<OrderView> = {},
): OrderView {
  return {
    id: `order ${number}`,
    rev: 1,
    orderNumber: String(number),
    branchId: "b",
    tableId: "t3",
    tableNumber: "3",
    sessionId: null,
    type: "dine_in",
    status: "confirmed",
    customerName: null,
    notes: null,
    priority: false,
    items,
    subtotal: 0,
    tax: 0,
    total: 0,
    paid: 0,
    balance: 0,
    seenAt: null,
    unseenAt: null,
    takenBy: null,
    createdAt: START + minutes * MINUTE,
    statusChangedAt: START + minutes * MINUTE,
    ...more,
  };
}

const TABLES = [
  { id: "t3", number: "3", spaceId: "salon" },
  { id: "t12", number: "12", spaceId: "terrace" },
] as Snapshot["tables"];

/** What a screen of this house shows, if these are its stations and spaces. */
export function screen(filter: Partial<Filter> = {}): Shows {
  return showing({ ...ALL, ...filter }, TABLES);
}

export function snapshot(orders: OrderView[] = []): Snapshot {
  return {
    stream: { epoch: "e1", seq: 1 },
    branch: {
      id: "b",
      stations: ["grill", "bar"],
      timeZone: "America/Lima",
      spaces: [
        { id: "salon", name: "Salón" },
        { id: "terrace", name: "Terrace" },
      ],
    },
    tables: TABLES,
    sessions: [],
    orders,
    menuVersion: 1,
  } as unknown as Snapshot;
}

/** A ticket as one reads it: "38: Lomo, ✓Causa, -Anticuchos | Ribeye". */
export function read(ticket: Ticket): string {
  const marks: Record<LineLook, string> = { open: "", done: "✓", struck: "-" };
  const rounds = ticket.rounds.map(({ lines }) =>
    lines.map(({ line: { name }, look }) => marks[look] + name).join(", "),
  );
  return `${ticket.order.orderNumber}: ${rounds.join(" | ")}`;
}
