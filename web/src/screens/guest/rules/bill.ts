/** What things cost. Pure; money is integer minor units, rates are basis points. */

import type { GuestBranchView, GuestItemView, GuestOrderView } from "@restai/sdk/types";

export interface Bill {
  /** As the menu's prices say. */
  dishes: number;
  tax: number;
  total: number;
}

type Taxed = Pick<GuestBranchView, "pricesIncludeTax" | "taxRate">;

/** What an order of dishes for `dishes` will cost: the tax is taken once on the sum, halves upwards. */
export function billOf(dishes: number, { pricesIncludeTax, taxRate }: Taxed): Bill {
  if (!pricesIncludeTax) {
    const tax = halfUp(dishes * taxRate, 10_000);
    return { dishes, tax, total: dishes + tax };
  }
  return { dishes, tax: dishes - halfUp(dishes * 10_000, 10_000 + taxRate), total: dishes };
}

/** What one of a dish costs with what was chosen for it. */
export function priceOf(item: GuestItemView, modifierIds: readonly string[]): number {
  const modifiers = item.modifierGroups.flatMap((group) => group.modifiers);
  const chosen = modifiers.filter(({ id }) => modifierIds.includes(id));
  return chosen.reduce((sum, { price }) => sum + price, item.price);
}

/** What a visit has come to so far, and what of it is not paid. */
export function soFar(orders: readonly GuestOrderView[]): { total: number; open: number } {
  const counted = orders.filter((order) => order.status !== "cancelled");
  return {
    total: counted.reduce((sum, order) => sum + order.total, 0),
    open: orders.reduce((sum, order) => sum + order.balance, 0),
  };
}

function halfUp(numerator: number, denominator: number): number {
  return Math.floor((2 * numerator + denominator) / (2 * denominator));
}
