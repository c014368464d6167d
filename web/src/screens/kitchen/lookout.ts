/** Watches which tickets a cook can see, and tells the server of the lines that have been drawn. */

import type { Send } from "../../api/http.ts";
import { type Ticket, unseen } from "./rules/tickets.ts";

/** ms for tickets that come together to be one report. */
const TOGETHER = 250;
/** ms until what was not answered is reported again. */
const AGAIN = 3_000;

export class Lookout {
  readonly #send: Send;
  readonly #visible = new Set<string>();
  readonly #reported = new Map<string, number>();
  readonly #observer: IntersectionObserver;
  #tickets: readonly Ticket[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #again: ReturnType<typeof setTimeout> | undefined;

  constructor(send: Send) {
    this.#send = send;
    this.#observer = new IntersectionObserver((entries) => this.#looked(entries));
  }

  /** These tickets stand on `board` now. One that is watched already goes on being so. */
  watch(tickets: readonly Ticket[], board: HTMLElement): void {
    this.#tickets = tickets;
    for (const ticket of board.querySelectorAll("[data-order]")) this.#observer.observe(ticket);
    this.#soon();
  }

  /** The screen is not sure of what it shows: it has seen nothing. */
  rest(): void {
    this.#tickets = [];
    clearTimeout(this.#timer);
    clearTimeout(this.#again);
    this.#timer = undefined;
  }

  stop(): void {
    this.rest();
    this.#observer.disconnect();
  }

  #looked(entries: IntersectionObserverEntry[]): void {
    for (const { target, isIntersecting } of entries) {
      const id = (target as HTMLElement).dataset.order ?? "";
      if (isIntersecting) this.#visible.add(id);
      else this.#visible.delete(id);
    }
    this.#soon();
  }

  #soon(): void {
    this.#timer ??= setTimeout(() => this.#report(), TOGETHER);
  }

  #report(): void {
    this.#timer = undefined;
    if (document.visibilityState !== "visible") return;
    const lineIds = this.#unreported(performance.now());
    if (lineIds.length === 0) return;
    // Without an answer they are reported again: until then the alarm may ring, as it should.
    this.#send({ method: "POST", path: "/api/kitchen/seen", body: { lineIds } }).catch(() => undefined);
    clearTimeout(this.#again);
    this.#again = setTimeout(() => this.#soon(), AGAIN);
  }

  #unreported(now: number): string[] {
    const due = (id: string) => now - (this.#reported.get(id) ?? Number.NEGATIVE_INFINITY) >= AGAIN;
    const seen = this.#tickets.filter(({ order }) => this.#visible.has(order.id));
    const lineIds = seen.flatMap(unseen).filter(due);
    for (const id of lineIds) this.#reported.set(id, now);
    return lineIds;
  }
}
