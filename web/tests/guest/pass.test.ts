/** A guest's one token, on a real client: what ends his visit on this phone, and what does not. */

import { Client, type Stop } from "@restai/sdk";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Network } from "../../../sdk/typescript/tests/network.ts";
import { BRANCH, snapshot } from "../../../sdk/typescript/tests/screen.ts";
import { Pass } from "../../src/screens/guest/pass.ts";

const SEAT = { code: "7KQ4-9XMB", token: "abc", guestId: "ana", name: "Ana", branchId: BRANCH, ended: null };

let network: Network;
let client: Client;
let stops: Stop[];

beforeEach(async () => {
  vi.useFakeTimers();
  network = new Network();
  network.answers = [snapshot(10)];
  stops = [];
  const listener = { stopped: (stop: Stop) => stops.push(stop) };
  client = new Client("http://restaurant.example", new Pass(SEAT).provide, { guest: true, listener });
  client.start();
  await passes(0);
  network.wire.opens().admits(BRANCH, 10);
  await passes(0);
});

afterEach(() => {
  client.stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function passes(ms: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
}

it.each([4002, 4003, 4005, 4006, 4008, 4010, 4013, 4014, 1006])(
  "after %i the phone comes back with it, and misses nothing",
  async (code) => {
    network.wire.closes(code);
    await passes(1_000);
    expect(stops).toEqual([]);
    const resume = { [BRANCH]: { epoch: "e1", seq: 10 } };
    expect(network.wire.opens().sent).toEqual([{ type: "auth", token: "abc", resume }]);
  },
);

it.each([4001, 4500, 4503])("after %i the visit is over", async (code) => {
  network.wire.closes(code);
  await passes(60_000);
  expect(stops).toHaveLength(1);
  expect(network.wires).toHaveLength(1);
});

it("the visit is over where the snapshot is refused, too", async () => {
  network.answers = [401];
  network.wire.says({ type: "resync", branchId: BRANCH, epoch: "e1", seq: 11, reason: "access" });
  await passes(60_000);
  expect(stops).toHaveLength(1);
});
