/** What a device keeps of a branch over a reload, and how old it says that is. */

import "fake-indexeddb/auto";
import type { Freshness } from "@restai/sdk";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { type Database, openDatabase } from "../src/lib/database.ts";
import { MINUTE, SECOND } from "../src/lib/time.ts";
import { recalled } from "../src/live/freshness.ts";
import { keys } from "../src/live/keys.ts";
import { newQueries } from "../src/live/queries.ts";
import { LiveStore } from "../src/live/store.ts";
import { snapshot } from "./kitchen/house.ts";

const EVENING = 1_700_000_000_000;
const LIVE: Freshness = { state: "live", confirmedAgo: 200, lostAgo: null };

let database: Database;
let number = 0;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  vi.setSystemTime(EVENING);
  number += 1;
  database = await openDatabase(`kept ${number}`);
});

afterEach(() => {
  database.close();
  vi.useRealTimers();
});

function later(ms: number): void {
  vi.setSystemTime(Date.now() + ms);
}

/** A page of Rosa's, and what it shows of the branch. */
async function page(): Promise<{
  store: LiveStore;
  leaves: () => Promise<void>;
  sinceMinutes: () => number | null;
}> {
  const queries = newQueries();
  const store = new LiveStore(queries, database, { principal: "rosa", branchId: "b" }, () => undefined);
  await store.recall();
  return {
    store,
    leaves: async () => {
      store.keep();
      await database.count("snapshots"); // which waits for its writing
    },
    sinceMinutes: () => {
      const lost: Freshness = { state: "offline", confirmedAgo: null, lostAgo: 10 * SECOND };
      const { lostAgo } = recalled(lost, queries.getQueryData(keys.recalled("b")), Date.now());
      return queries.getQueryData(keys.snapshot("b")) ? Math.floor((lostAgo ?? 0) / MINUTE) : null;
    },
  };
}

/** A page that has read the branch, and heard that it is fresh. */
async function livePage(): Promise<Awaited<ReturnType<typeof page>>> {
  const one = await page();
  one.store.replaced("b", null, snapshot());
  one.store.changed("b", snapshot());
  one.store.freshness("b", LIVE);
  return one;
}

it("a page that is opened anew shows what was shown last, as old as it is", async () => {
  expect((await page()).sinceMinutes()).toBeNull();
  const one = await livePage();
  later(5 * MINUTE);
  one.store.message(); // nothing has happened, and it is confirmed all the time
  await one.leaves();
  later(20 * MINUTE);
  expect((await page()).sinceMinutes()).toBe(20);
});

it("what was shown without a network is as old as its last confirmation, over any number of reloads", async () => {
  const one = await livePage();
  one.store.freshness("b", { state: "reconnecting", confirmedAgo: SECOND, lostAgo: 0 });
  later(30 * MINUTE);
  await one.leaves();
  const two = await page();
  two.store.freshness("b", { state: "reconnecting", confirmedAgo: null, lostAgo: 0 });
  later(10 * MINUTE);
  await two.leaves();
  expect((await page()).sinceMinutes()).toBe(40);
});

it("what a device showed that has slept since is as old as its sleep", async () => {
  const one = await livePage();
  later(30 * MINUTE);
  await one.leaves(); // before it has noticed
  expect((await page()).sinceMinutes()).toBe(30);
});

it("a snapshot that was read is of now, whatever was kept", async () => {
  const one = await livePage();
  await one.leaves();
  later(30 * MINUTE);
  const two = await page();
  two.store.replaced("b", null, snapshot());
  two.store.changed("b", snapshot());
  expect(two.sinceMinutes()).toBe(0);
  await two.leaves();
  later(10 * MINUTE);
  expect((await page()).sinceMinutes()).toBe(10);
});

it("what the connection has confirmed itself is believed", () => {
  expect(recalled(LIVE, EVENING - 60 * MINUTE, EVENING)).toEqual(LIVE);
});
