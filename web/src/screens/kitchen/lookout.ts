/** Watches which lines a cook can see, and tells the server of those that nobody had seen before. */

import type { Send } from "../../api/http.ts";
import { type Ticket, unseen } from "./rules/tickets.ts";

/** ms for tickets that come together to be one report. */
const TOGETHER = 250;
/** ms until what was not answered, or is still hidden by something, is looked at again. */
const AGAIN = 3_000;
/** Shares of a line on the board at which it is looked at: when its first pixel shows, its middle, all of it. */
const SHARES = [0, 0.5, 1];

export class Lookout {
  readonly #send: Send;
  /** What stands for the lines that nobody has seen, and those of it that are on the board at least in part. */
  readonly #watched = new Set<HTMLElement>();
  readonly #near = new Set<HTMLElement>();
  readonly #reported = new Map<string, number>();
  readonly #observer: IntersectionObserver;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #again: ReturnType<typeof setTimeout> | undefined;

  constructor(send: Send) {
    this.#send = send;
    this.#observer = new IntersectionObserver((entries) => this.#looked(entries), { threshold: SHARES });
  }

  /** These tickets stand on `board` now, each line as a `data-line`. */
  watch(tickets: readonly Ticket[], board: HTMLElement): void {
    const ids = new Set(tickets.flatMap(unseen));
    const all = ids.size === 0 ? [] : board.querySelectorAll<HTMLElement>("[data-line]");
    const wanted = new Set([...all].filter((line) => ids.has(idOf(line))));
    for (const line of this.#watched) if (!wanted.has(line)) this.#leave(line);
    for (const line of wanted) if (!this.#watched.has(line)) this.#observe(line);
    this.#soon();
  }

  /** The screen is not sure of what it shows: it has seen nothing. */
  rest(): void {
    for (const line of this.#watched) this.#leave(line);
    clearTimeout(this.#timer);
    clearTimeout(this.#again);
    this.#timer = undefined;
  }

  stop(): void {
    this.rest();
    this.#observer.disconnect();
  }

  #observe(line: HTMLElement): void {
    this.#watched.add(line);
    this.#observer.observe(line);
  }

  #leave(line: HTMLElement): void {
    this.#watched.delete(line);
    this.#near.delete(line);
    this.#reported.delete(idOf(line));
    this.#observer.unobserve(line);
  }

  #looked(entries: IntersectionObserverEntry[]): void {
    for (const { target, isIntersecting } of entries) {
      const line = target as HTMLElement;
      if (isIntersecting && this.#watched.has(line)) this.#near.add(line);
      else this.#near.delete(line);
    }
    this.#soon();
  }

  #soon(): void {
    this.#timer ??= setTimeout(() => this.#report(), TOGETHER);
  }

  #report(): void {
    this.#timer = undefined;
    clearTimeout(this.#again);
    if (this.#near.size === 0) return;
    this.#again = setTimeout(() => this.#soon(), AGAIN);
    const lineIds = document.visibilityState === "visible" ? this.#unreported(performance.now()) : [];
    if (lineIds.length === 0) return;
    // Without an answer they are reported again: until then the alarm may ring, as it should.
    this.#send({ method: "POST", path: "/api/kitchen/seen", body: { lineIds } }).catch(() => undefined);
  }

  #unreported(now: number): string[] {
    const due = (id: string) => now - (this.#reported.get(id) ?? Number.NEGATIVE_INFINITY) >= AGAIN;
    const lineIds = [...this.#near].filter(isInSight).map(idOf).filter(due);
    for (const id of lineIds) this.#reported.set(id, now);
    return lineIds;
  }
}

function idOf(line: HTMLElement): string {
  return line.dataset.line ?? "";
}

/** Whether its middle can be seen: neither cut off, nor below the screen's head, nor behind a sheet. */
function isInSight(line: HTMLElement): boolean {
  const { left, top, width, height } = line.getBoundingClientRect();
  return line.contains(document.elementFromPoint(left + width / 2, top + height / 2));
}
