/** What is done without a network is done: once, in order, by the right person. */

import "fake-indexeddb/auto";
import { SignedOut } from "@restai/sdk";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Call, Problem } from "../src/api/http.ts";
import { type Draft, Outbox } from "../src/api/outbox.ts";
import { type Command, judge } from "../src/api/queue.ts";
import { type Database, openDatabase } from "../src/lib/database.ts";

const DRAFT: Draft = { branchId: "b", method: "POST", path: "/api/orders", answers: "order" };
const busy = new Problem(503, { code: "busy" }, 0);
const offline = new TypeError("Failed to fetch");

let database: Database;
let outboxes: Outbox[];
let called: Call[];
let log: string[];
let answer: (call: Call) => unknown;
let number = 0;

beforeEach(async () => {
  vi.spyOn(Math, "random").mockReturnValue(0);
  number += 1;
  database = await openDatabase(`test ${number}`);
  outboxes = [];
  called = [];
  log = [];
  answer = () => ({});
});

afterEach(() => {
  for (const outbox of outboxes) outbox.stop();
  database.close();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

/** A device of somebody; what happens is written in `log`. */
async function device(principal = "rosa"): Promise<Outbox> {
  const send = async (call: Call) => {
    called.push(call);
    const given = answer(call);
    if (given instanceof Error) throw given;
    return given;
  };
  const outbox = new Outbox(database, principal, send, {
    changed: ({ commands }) => log.push(`${commands.length} waiting`),
    done: ({ path }) => log.push(`done ${path}`),
    refused: ({ path }, problem) => log.push(`refused ${path} ${problem?.code}`),
  });
  outboxes.push(outbox);
  await outbox.start();
  return outbox;
}

function at(path: string): Draft {
  return { ...DRAFT, path };
}

const paths = () => called.map(({ path }) => path);
const kept = () => database.count("commands");

/** The device has no room for anything more, until the answer is called. */
function fullDisk(): () => void {
  const put = vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(() => {
    throw new DOMException("there is no room", "QuotaExceededError");
  });
  return () => put.mockRestore();
}

/** Time for whatever should not happen. */
const moment = () => new Promise((resolve) => setTimeout(resolve, 50));

it("sends in order, each with a key of its own", async () => {
  const outbox = await device();
  await Promise.all([outbox.add(at("/1")), outbox.add(at("/2")), outbox.add(at("/3"))]);
  await vi.waitFor(async () => expect(await kept()).toBe(0));
  expect(paths()).toEqual(["/1", "/2", "/3"]);
  expect(new Set(called.map(({ key }) => key)).size).toBe(3);
  expect(log.at(-1)).toBe("0 waiting");
});

it("shows what is done at once, before it was sent", async () => {
  const outbox = await device();
  const adding = outbox.add(at("/1"));
  expect(log.at(-1)).toBe("1 waiting");
  await adding;
});

it("tries again with the same key until it gets through, and lets nothing pass before it", async () => {
  const answers = [offline, busy, offline, {}];
  answer = () => answers.shift() ?? {};
  const outbox = await device();
  await outbox.add(at("/1"));
  await outbox.add(at("/2"));
  await vi.waitFor(async () => expect(await kept()).toBe(0));
  expect(paths().filter((path) => path === "/1")).toHaveLength(4);
  expect(paths().at(-1)).toBe("/2");
  expect(new Set(called.filter(({ path }) => path === "/1").map(({ key }) => key)).size).toBe(1);
});

it("goes on after a reload, with the same keys", async () => {
  answer = () => offline;
  const before = await device();
  const command = await before.add(at("/1"));
  await vi.waitFor(() => expect(called.length).toBeGreaterThan(0));
  before.stop();
  called.length = 0;
  answer = () => ({});
  await device();
  await vi.waitFor(async () => expect(await kept()).toBe(0));
  expect(called.map(({ key }) => key)).toEqual([command.id]);
});

it("sends nothing of anybody else, and keeps it for them", async () => {
  answer = () => offline;
  const rosas = await device("rosa");
  await rosas.add(at("/rosas"));
  rosas.stop();
  called.length = 0;
  answer = () => ({});
  const lucias = await device("lucia");
  await lucias.add(at("/lucias"));
  await vi.waitFor(() => expect(log.at(-1)).toBe("0 waiting"));
  expect(paths()).toEqual(["/lucias"]);
  lucias.stop();
  await device("rosa");
  await vi.waitFor(async () => expect(await kept()).toBe(0));
  expect(paths()).toEqual(["/lucias", "/rosas"]);
});

it("tells what was refused, and goes on with the next", async () => {
  answer = ({ path }) => (path === "/1" ? new Problem(409, { code: "stale" }, 0) : {});
  const outbox = await device();
  await outbox.add(at("/1"));
  await outbox.add(at("/2"));
  await vi.waitFor(async () => expect(await kept()).toBe(0));
  expect(log).toContain("refused /1 stale");
  expect(log).toContain("done /2");
});

it("hands over the answer before it takes the command away", async () => {
  const outbox = await device();
  await outbox.add(at("/1"));
  await vi.waitFor(async () => expect(await kept()).toBe(0));
  expect(log).toEqual(["0 waiting", "1 waiting", "done /1", "0 waiting"]);
});

it("waits for its person when the sign-in has ended", async () => {
  answer = () => new SignedOut("This sign-in has ended");
  const outbox = await device();
  await outbox.add(at("/1"));
  await vi.waitFor(() => expect(called.length).toBeGreaterThan(0));
  await moment();
  const times = called.length;
  await moment();
  expect(called.length, "it does not ask again and again").toBe(times);
  expect(await kept()).toBe(1);
});

it("says once what is waiting when it begins, be it nothing", async () => {
  await device();
  expect(log).toEqual(["0 waiting"]);
});

describe("on a device that keeps nothing", () => {
  it("what is done on a full disk is sent all the same, and once", async () => {
    const outbox = await device();
    const hasRoom = fullDisk();
    await outbox.add(at("/1"));
    await vi.waitFor(() => expect(log.at(-1)).toBe("0 waiting"));
    hasRoom();
    await outbox.add(at("/2"));
    await vi.waitFor(() => expect(log).toContain("done /2"));
    await moment();
    expect(paths()).toEqual(["/1", "/2"]);
    expect(log.at(-1)).toBe("0 waiting");
  });

  it("what the disk had no room for goes before what came later", async () => {
    answer = () => offline;
    const outbox = await device();
    const hasRoom = fullDisk();
    await outbox.add(at("/1"));
    hasRoom();
    await outbox.add(at("/2"));
    answer = () => ({});
    await vi.waitFor(() => expect(log).toContain("done /2"));
    expect(log.filter((entry) => entry.startsWith("done"))).toEqual(["done /1", "done /2"]);
  });

  it("a full disk does not end the trying", async () => {
    const answers = [offline, busy, new Problem(409, { code: "stale" }, 0)];
    answer = () => answers.shift() ?? {};
    const outbox = await device();
    await outbox.add(at("/1"));
    fullDisk();
    await vi.waitFor(() => expect(log).toContain("refused /1 stale"));
    expect(log.at(-2)).toBe("0 waiting");
  });

  it("without the database, what is known is sent from memory: all of it, in order, once", async () => {
    answer = () => new SignedOut("This sign-in has ended");
    const outbox = await device();
    await outbox.add(at("/1"));
    await vi.waitFor(() => expect(called.length).toBeGreaterThan(0));
    await moment();
    called.length = 0;
    database.close();
    answer = () => ({});
    await outbox.add(at("/2"));
    await vi.waitFor(() => expect(log).toContain("done /2"));
    await moment();
    expect(paths()).toEqual(["/1", "/2"]);
    expect(log.at(-1)).toBe("0 waiting");
  });

  it("what cannot be taken away is not sent again and again", async () => {
    const outbox = await device();
    vi.spyOn(IDBObjectStore.prototype, "delete").mockImplementation(() => {
      throw new DOMException("the disk is broken", "UnknownError");
    });
    await outbox.add(at("/1"));
    await vi.waitFor(() => expect(log).toContain("done /1"));
    await moment();
    expect(paths()).toEqual(["/1"]);
    expect(log.at(-1)).toBe("0 waiting");
  });
});

it("begins again after a while when it may not send", async () => {
  vi.spyOn(console, "error").mockReturnValue();
  const request = vi.fn().mockRejectedValueOnce(new DOMException("not active", "InvalidStateError"));
  request.mockImplementation((_name: string, _options: object, work: () => Promise<void>) => work());
  vi.stubGlobal("navigator", { locks: { request } });
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const outbox = await device();
  await vi.waitFor(() => expect(console.error).toHaveBeenCalledOnce());
  await vi.advanceTimersByTimeAsync(5_000);
  await vi.waitFor(() => expect(request).toHaveBeenCalledTimes(2));
  vi.useRealTimers();
  await outbox.add(at("/1"));
  await vi.waitFor(() => expect(log).toContain("done /1"));
});

describe("what an answer means", () => {
  const problem = (status: number, retryAfter = 0) => new Problem(status, {}, retryAfter);

  it.each([
    [offline, 0, { is: "again", after: 500 }],
    [offline, 3, { is: "again", after: 4_000 }],
    [offline, 99, { is: "again", after: 20_000 }],
    [problem(503), 99, { is: "again", after: 20_000 }],
    [problem(503, 7_000), 0, { is: "again", after: 7_000 }],
    [problem(429, 3_000), 0, { is: "again", after: 3_000 }],
    [problem(500), 0, { is: "again", after: 500 }],
    [problem(401), 0, { is: "waiting" }],
    [new SignedOut("gone"), 0, { is: "waiting" }],
  ])("%s after %i tries: %j", (error, attempts, verdict) => {
    expect(judge(error, attempts, 1)).toEqual(verdict);
  });

  it.each([400, 403, 404, 409, 422])("%i is refused", (status) => {
    expect(judge(problem(status), 0, 1)).toMatchObject({ is: "refused", problem: { status } });
  });

  it("a command that the server breaks at does not hold up the others for ever", () => {
    expect(judge(problem(500), 6, 1)).toMatchObject({ is: "refused" });
  });
});

it("keeps the order of what was done within one moment", async () => {
  vi.spyOn(Date, "now").mockReturnValue(1_700_000_000_000);
  answer = () => offline;
  const outbox = await device();
  const made: Command[] = [];
  for (let at = 0; at < 20; at++) made.push(await outbox.add({ ...DRAFT, path: `/${at}` }));
  expect((await database.getAll("commands")).map(({ path }) => path)).toEqual(made.map(({ path }) => path));
});
