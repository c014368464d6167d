/** What guests do, as commands to the server. */

import type { CartLineDraft, GuestRequestView, GuestView, RequestKind } from "@restai/sdk/types";
import type { Draft } from "../../api/outbox.ts";
import { newId } from "../../lib/ids.ts";

type GuestDraft = Omit<Draft, "branchId">;

/** A line of the party's cart shall be so; a new one by an id of ours. */
export function putLine(lineId: string, dish: CartLineDraft): GuestDraft {
  return {
    method: "PUT",
    path: `/api/guest/cart/lines/${lineId}`,
    body: dish,
    answers: "cart",
    effect: { on: "cart", lineId, dish },
  };
}

export function removeLine(lineId: string): GuestDraft {
  return {
    method: "DELETE",
    path: `/api/guest/cart/lines/${lineId}`,
    answers: "cart",
    effect: { on: "cart", lineId, dish: null },
  };
}

/** All that is in the cart goes to the kitchen: these lines, as far as this phone knows. */
export function sendCart(lineIds: readonly string[]): GuestDraft {
  const orderId = newId();
  return {
    method: "POST",
    path: "/api/guest/orders",
    body: { id: orderId, fromCart: true },
    answers: "order",
    effect: { on: "order", orderId, lineIds },
  };
}

/** Take an order back that nobody has confirmed. */
export function takeBack(orderId: string): GuestDraft {
  return { method: "POST", path: `/api/guest/orders/${orderId}/cancel`, answers: "order" };
}

export function call(kind: RequestKind): GuestDraft {
  return {
    method: "POST",
    path: "/api/guest/requests",
    body: { id: newId(), kind },
    answers: "request",
    effect: { on: "call", kind },
  };
}

export function neverMind(request: GuestRequestView): GuestDraft {
  return { method: "DELETE", path: `/api/guest/requests/${request.id}`, answers: "request" };
}

export function letIn(guest: GuestView): GuestDraft {
  return {
    method: "POST",
    path: `/api/guest/guests/${guest.id}/admit`,
    answers: "session",
    effect: { on: "guest", guestId: guest.id },
  };
}
