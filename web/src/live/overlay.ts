/** What is shown: the server's state, and over it what was done here and is not answered yet. Pure. */

import type { ItemView, LineStatus, MenuView, OrderView } from "@restai/sdk/types";
import type { Command, Effect } from "../api/queue.ts";
import { grouped } from "../lib/grouped.ts";

type On<Name extends Effect["on"]> = Extract<Effect, { on: Name }>;

function effects<Name extends Effect["on"]>(commands: readonly Command[], on: Name): On<Name>[] {
  return commands.flatMap(({ effect }) => (effect?.on === on ? [effect as On<Name>] : []));
}

/** Orders with the lines and priorities that were set here. Those untouched stay the same objects. */
export function overlaidOrders(orders: readonly OrderView[], commands: readonly Command[]): OrderView[] {
  const lines = grouped(effects(commands, "line"), ({ orderId }) => orderId);
  const priorities = new Map(effects(commands, "priority").map((each) => [each.orderId, each.priority]));
  return orders.map((order) => {
    const moved = lines.get(order.id);
    const priority = priorities.get(order.id) ?? order.priority;
    if (moved === undefined) return priority === order.priority ? order : { ...order, priority };
    const status = new Map(moved.map((each) => [each.lineId, each.status as LineStatus]));
    const items = order.items.map((line) => ({ ...line, status: status.get(line.id) ?? line.status }));
    return { ...order, priority, items };
  });
}

/** All items of the menu, with their availability as it was set here. */
export function overlaidItems(menu: MenuView, commands: readonly Command[]): ItemView[] {
  const set = new Map(effects(commands, "item").map((each) => [each.itemId, each.isAvailable]));
  return menu.categories.flatMap((category) =>
    category.items.map((item) => ({ ...item, isAvailable: set.get(item.id) ?? item.isAvailable })),
  );
}
