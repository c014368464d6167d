/** What cooks do, as commands to the server. */

import type { ItemView, LineView, OrderView } from "@restai/sdk/types";
import type { Draft } from "../../api/outbox.ts";

type KitchenDraft = Omit<Draft, "branchId">;

/**
 * A line is ready. It says nothing of what was seen: forward is forward, whoever else tapped before, and
 * it names the line, so that a late bump never makes ready what came after it.
 */
export function lineReady(order: OrderView, line: LineView): KitchenDraft {
  return moved(order, line, "ready");
}

/** A line that was ready is to be made after all. It says what it saw: a late tap undoes nothing. */
export function lineBack(order: OrderView, line: LineView): KitchenDraft {
  return moved(order, line, "preparing", "ready");
}

export function setRush(order: OrderView, priority: boolean): KitchenDraft {
  return {
    method: "POST",
    path: `/api/orders/${order.id}/priority`,
    body: { priority },
    answers: "order",
    effect: { on: "priority", orderId: order.id, priority },
  };
}

export function setAvailable(item: ItemView, isAvailable: boolean): KitchenDraft {
  return {
    method: "POST",
    path: `/api/menu/items/${item.id}/availability`,
    body: { isAvailable },
    answers: "item",
    effect: { on: "item", itemId: item.id, isAvailable },
  };
}

function moved(order: OrderView, line: LineView, status: string, from?: string): KitchenDraft {
  return {
    method: "PATCH",
    path: `/api/orders/${order.id}/items/${line.id}/status`,
    body: from === undefined ? { status } : { status, from },
    answers: "order",
    effect: { on: "line", orderId: order.id, lineId: line.id, status },
  };
}
