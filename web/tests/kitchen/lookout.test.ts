// @vitest-environment happy-dom
/** Which lines a cook has seen: a board that is scrolled, in a browser whose layout is the test's. */

import type { LineView } from "@restai/sdk/types";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Call } from "../../src/api/http.ts";
import { Lookout } from "../../src/screens/kitchen/lookout.ts";
import { type Ticket, wall } from "../../src/screens/kitchen/rules/tickets.ts";
import { ALL, line, NOTHING, order, snapshot } from "./house.ts";

const TALL = 60; // px of a line
const SCREEN = 600; // px

/** A board of one ticket, whose lines stand below each other; it is scrolled, and something may lie over it. */
class Board {
  readonly element = document.createElement("main");
  readonly lookout: Lookout;
  readonly told: string[][] = [];
  /** px from the screen's top, above which another thing hides the board. */
  headEndsAt = 0;
  #scrolled = 0;
  #notify: IntersectionObserverCallback = () => undefined;
  readonly #observed = new Set<Element>();

  constructor() {
    vi.stubGlobal("IntersectionObserver", this.#observer());
    document.elementFromPoint = (_x, y) => (y < this.headEndsAt ? document.body : this.#at(y));
    this.lookout = new Lookout(async ({ body }: Call) => {
      this.told.push((body as { lineIds: string[] }).lineIds);
    });
  }

  shows(lines: LineView[]): void {
    this.element.innerHTML = lines.map(({ id }) => `<p data-line="${id}"><b></b></p>`).join("");
    for (const [at, element] of [...this.element.children].entries()) {
      element.getBoundingClientRect = () => new DOMRect(0, at * TALL - this.#scrolled, 300, TALL);
    }
    this.lookout.watch(ticket(lines), this.element);
    this.scrollsTo(this.#scrolled);
  }

  scrollsTo(px: number): void {
    this.#scrolled = px;
    const entries = [...this.#observed].map((target) => {
      const { top, bottom } = target.getBoundingClientRect();
      return { target, isIntersecting: bottom > 0 && top < SCREEN } as unknown as IntersectionObserverEntry;
    });
    this.#notify(entries, undefined as never);
  }

  get told_of(): string[] {
    return this.told.flat();
  }

  #at(y: number): Element | null {
    if (y < 0 || y >= SCREEN) return null;
    return this.element.children[Math.floor((y + this.#scrolled) / TALL)]?.firstElementChild ?? null;
  }

  #observer(): unknown {
    const board = this;
    return class {
      constructor(notify: IntersectionObserverCallback) {
        board.#notify = notify;
      }
      observe = (line: Element) => board.#observed.add(line);
      unobserve = (line: Element) => board.#observed.delete(line);
      disconnect = () => board.#observed.clear();
    };
  }
}

function ticket(lines: LineView[]): Ticket[] {
  const one = order(40, 0, lines);
  return wall(snapshot([one]), [one], ALL, NOTHING).tickets;
}

const LINES = Array.from({ length: 20 }, (_, at) => line(`${at}`));
const names = (ids: readonly string[]) => ids.map((id) => LINES.find((each) => each.id === id)?.name);

let board: Board;

beforeEach(() => {
  vi.useFakeTimers();
  board = new Board();
});

afterEach(() => {
  board.lookout.stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it("tells of the lines of a ticket that can be seen, and of the others when they can be", () => {
  board.shows(LINES);
  vi.advanceTimersByTime(1_000);
  expect(names(board.told_of)).toEqual(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
  board.scrollsTo(29); // of the eleventh, less than half
  vi.advanceTimersByTime(1_000);
  expect(board.told).toHaveLength(1);
  board.scrollsTo(31);
  vi.advanceTimersByTime(1_000);
  expect(names(board.told[1] ?? [])).toEqual(["10"]);
});

it("has not seen what lies under something else, until that is gone", () => {
  board.headEndsAt = 2 * TALL;
  board.shows(LINES.slice(0, 3));
  vi.advanceTimersByTime(1_000);
  expect(names(board.told_of)).toEqual(["2"]);
  board.headEndsAt = 0;
  vi.advanceTimersByTime(4_000);
  expect(names(board.told_of)).toContain("0");
});

it("tells again of what nobody confirms, and no more of what somebody has seen", () => {
  board.shows(LINES.slice(0, 2));
  vi.advanceTimersByTime(4_000);
  expect(board.told.map(names)).toEqual([
    ["0", "1"],
    ["0", "1"],
  ]);
  board.shows([{ ...line("0"), seenAt: 5 }, line("1")]);
  vi.advanceTimersByTime(4_000);
  expect(board.told.slice(2).map(names)).not.toContainEqual(expect.arrayContaining(["0"]));
});

it("sees nothing while it rests, and on a page that nobody looks at", () => {
  const hidden = vi.spyOn(document, "visibilityState", "get").mockReturnValue("hidden");
  board.shows(LINES.slice(0, 2));
  vi.advanceTimersByTime(10_000);
  hidden.mockRestore();
  board.lookout.rest();
  vi.advanceTimersByTime(10_000);
  expect(board.told).toEqual([]);
  expect(vi.getTimerCount()).toBe(0);
  board.shows(LINES.slice(0, 2));
  vi.advanceTimersByTime(1_000);
  expect(names(board.told_of)).toEqual(["0", "1"]);
});
