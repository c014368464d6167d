/** Whether the kitchen can be heard, by what the browser says of it. */

import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Chimes } from "../../src/screens/kitchen/chimes.ts";

/** A browser's loudspeaker, as far as it can fall silent. */
class Speaker {
  static all: Speaker[] = [];
  state = "suspended";
  onstatechange: (() => void) | null = null;

  constructor() {
    Speaker.all.push(this);
  }

  becomes(state: string): void {
    this.state = state;
    this.onstatechange?.();
  }

  async resume(): Promise<void> {
    this.becomes("running");
  }

  async close(): Promise<void> {
    this.becomes("closed");
  }
}

let said: boolean[];
let chimes: Chimes;

beforeEach(() => {
  Speaker.all = [];
  vi.stubGlobal("AudioContext", Speaker);
  said = [];
  chimes = new Chimes((allowed) => said.push(allowed));
});

afterEach(() => vi.unstubAllGlobals());

it("tells when it can be heard, and when the device has fallen silent by itself", async () => {
  await chimes.allow();
  expect(said).toEqual([true]);
  Speaker.all[0]?.becomes("interrupted");
  expect(said).toEqual([true, false]);
  await chimes.allow();
  expect(said).toEqual([true, false, true]);
  expect(Speaker.all).toHaveLength(1);
});

it("gives the loudspeaker back, and says no more", async () => {
  await chimes.allow();
  chimes.close();
  expect(Speaker.all[0]?.state).toBe("closed");
  expect(said).toEqual([true]);
});
