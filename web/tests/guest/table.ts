/** A table on an evening, for tests of the guests' phones. */

import type {
  CartLineView,
  GuestItemView,
  GuestLineView,
  GuestOrderView,
  GuestSessionView,
  GuestView,
  ModifierGroupView,
} from "@restai/sdk/types";
import type { Command, Effect } from "../../src/api/queue.ts";

export const START = 1_700_000_000_000;
export const ANA: GuestView = { id: "ana", name: "Ana", status: "in" };
export const LUIS: GuestView = { id: "luis", name: "Luis", status: "in" };

export function group(min: number, max: number, ...names: string[]): ModifierGroupView {
  const modifiers = names.map((name, at) => ({ id: name, name, price: 100 * (at + 1), isAvailable: true }));
  return { id: `${min}-${max}`, name: `${min} to ${max}`, min, max, modifiers };
}

export function dish(name: string, more: Partial<GuestItemView> = {}): GuestItemView {
  return {
    id: name,
    rev: 1,
    name,
    description: "",
    price: 1_000,
    isAvailable: true,
    allergens: [],
    tags: [],
    imageUrl: null,
    prepMinutes: 10,
    modifierGroups: [],
    ...more,
  };
}

export function cartLine(id: string, guest: GuestView, more: Partial<CartLineView> = {}): CartLineView {
  const who = { guestId: guest.id, guestName: guest.name };
  return { id, menuItemId: "causa", quantity: 1, modifierIds: [], notes: null, ...who, ...more };
}

export function line(name: string, more: Partial<GuestLineView> = {}): GuestLineView {
  return {
    id: name,
    menuItemId: name,
    name,
    unitPrice: 1_000,
    quantity: 1,
    modifiers: [],
    notes: null,
    allergens: [],
    status: "pending",
    round: 1,
    guestName: "Ana",
    seenAt: null,
    ...more,
  };
}

export function order(more: Partial<GuestOrderView> = {}): GuestOrderView {
  return {
    id: "order",
    rev: 1,
    orderNumber: "40",
    branchId: "b",
    tableId: "t3",
    tableNumber: "3",
    sessionId: "s",
    type: "dine_in",
    status: "confirmed",
    customerName: null,
    notes: null,
    items: [line("causa")],
    subtotal: 847,
    tax: 153,
    total: 1_000,
    paid: 0,
    balance: 1_000,
    seenAt: null,
    createdAt: START,
    statusChangedAt: START,
    ...more,
  };
}

export function visit(more: Partial<GuestSessionView> = {}): GuestSessionView {
  return {
    id: "s",
    rev: 1,
    tableId: "t3",
    tableNumber: "3",
    status: "active",
    guests: [ANA, LUIS],
    startedAt: START,
    mergedInto: null,
    ...more,
  };
}

export function command(id: string, effect?: Effect): Command {
  const said = { id, principal: "guest ana", branchId: "b", method: "POST", path: "/", attempts: 0 } as const;
  return effect === undefined ? said : { ...said, effect };
}
