/** The party's cart as it is shown: the server's, and over it what was done on this phone. Pure. */

import type {
  CartLineDraft,
  CartLineView,
  GuestItemView,
  GuestMenuView,
  GuestSnapshot,
  GuestView,
} from "@restai/sdk/types";
import type { Answered, Command } from "../../../api/queue.ts";
import { priceOf } from "./bill.ts";

export interface ShownCart {
  lines: readonly CartLineView[];
  /** What was sent from this phone and is not known to have arrived. */
  sending: readonly CartLineView[];
}

/** What the cart becomes by what was done here, in that order. */
export function shownCart(
  { cart }: Pick<GuestSnapshot, "cart">,
  commands: readonly Command[],
  me: GuestView,
): ShownCart {
  let shown: ShownCart = { lines: cart.lines, sending: [] };
  for (const { effect } of commands) {
    if (effect?.on === "cart") shown = { ...shown, lines: withLine(shown.lines, effect, me) };
    else if (effect?.on === "order") shown = without(shown, effect.lineIds);
  }
  return shown;
}

/** What was done here and is not in the snapshot: not answered, or so lately that its event is under way. */
export function underWay(
  snapshot: Pick<GuestSnapshot, "orders" | "requests">,
  answered: readonly Answered[],
  unsent: readonly Command[],
): Command[] {
  const arrived = new Set([...snapshot.orders, ...snapshot.requests].map(({ id }) => id));
  const begun = answered.filter(({ answer }) => !arrived.has(answer.id)).map(({ command }) => command);
  return [...begun, ...unsent.filter(({ id }) => !begun.some((each) => each.id === id))];
}

/** A line of the cart as the menu prices it. */
export interface Priced {
  line: CartLineView;
  /** Absent: it is not on the menu any more. */
  item: GuestItemView | undefined;
  name: string;
  /** What was chosen for it. */
  chosen: string[];
  amount: number;
  soldOut: boolean;
}

export function priced(lines: readonly CartLineView[], menu: GuestMenuView | undefined): Priced[] {
  const items = new Map(
    menu?.categories.flatMap((category) => category.items.map((item) => [item.id, item] as const)),
  );
  return lines.map((line) => pricedLine(line, items.get(line.menuItemId), menu !== undefined));
}

/** How many of each dish are in the cart, by the dish. */
export function counted(lines: readonly CartLineView[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { menuItemId, quantity } of lines) {
    counts.set(menuItemId, (counts.get(menuItemId) ?? 0) + quantity);
  }
  return counts;
}

/** The line of this guest to which one more of a plain dish is added, if there is one. */
export function sameAgain(
  lines: readonly CartLineView[],
  itemId: string,
  me: GuestView,
): CartLineView | undefined {
  return lines.find(
    (line) =>
      line.menuItemId === itemId &&
      line.guestId === me.id &&
      line.notes === null &&
      line.modifierIds.length === 0,
  );
}

/** These lines have been sent. */
function without({ lines, sending }: ShownCart, lineIds: readonly string[]): ShownCart {
  const leaves = (line: CartLineView) => lineIds.includes(line.id);
  return {
    lines: lines.filter((line) => !leaves(line)),
    sending: [...sending, ...lines.filter(leaves)],
  };
}

function withLine(
  lines: readonly CartLineView[],
  { lineId, dish }: { lineId: string; dish: CartLineDraft | null },
  me: GuestView,
): CartLineView[] {
  if (dish === null) return lines.filter(({ id }) => id !== lineId);
  const known = lines.find(({ id }) => id === lineId);
  const line: CartLineView = {
    id: lineId,
    menuItemId: dish.menuItemId,
    quantity: dish.quantity,
    modifierIds: dish.modifierIds ?? [],
    notes: dish.notes ?? null,
    guestId: known?.guestId ?? me.id,
    guestName: known?.guestName ?? me.name,
  };
  return known === undefined ? [...lines, line] : lines.map((each) => (each.id === lineId ? line : each));
}

function pricedLine(line: CartLineView, item: GuestItemView | undefined, menuIsKnown: boolean): Priced {
  if (item === undefined) return { line, item, name: "", chosen: [], amount: 0, soldOut: menuIsKnown };
  const modifiers = item.modifierGroups.flatMap((group) => group.modifiers);
  const chosen = modifiers.filter(({ id }) => line.modifierIds.includes(id));
  return {
    line,
    item,
    name: item.name,
    chosen: chosen.map(({ name }) => name),
    amount: priceOf(item, line.modifierIds) * line.quantity,
    soldOut: !item.isAvailable || chosen.some(({ isAvailable }) => !isAvailable),
  };
}
