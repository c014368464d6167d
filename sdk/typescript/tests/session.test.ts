/** What the protocol asks of a client, rule by rule. */

import { describe, expect, it } from "vitest";
import { Failed } from "../src/messages.ts";
import { MOST_HELD } from "../src/session.ts";
import { BRANCH, liveScreen, order, orderEvent, Screen, SERVER_AHEAD, snapshot } from "./screen.ts";

const AT_10 = { [BRANCH]: { epoch: "e1", seq: 10 } };

describe("signing in", () => {
  it("signs in with the token and nothing else", () => {
    const screen = new Screen();
    screen.opens("abc");
    expect(screen.sent).toEqual([{ type: "auth", token: "abc" }]);
  });

  it("names the branches it wants once", () => {
    const screen = new Screen({ choice: [BRANCH] });
    screen.opens();
    expect(screen.auth.branches).toEqual([BRANCH]);
    screen.isAdmitted(0);
    screen.renews();
    expect(screen.auth).not.toHaveProperty("branches");
  });

  it("reads the snapshot when it has no data", () => {
    const screen = new Screen();
    screen.opens();
    screen.isAdmitted(10);
    expect(screen.fetchesAfter).toBe(0);
    screen.reads(snapshot(12, [order(1)]));
    expect(screen.statuses).toEqual({ o1: "confirmed" });
  });
});

describe("resume", () => {
  it("goes on from the snapshot after a quiet period", () => {
    const screen = liveScreen(10);
    screen.drops();
    screen.opens();
    expect(screen.auth.resume).toEqual(AT_10);
    screen.isAdmitted(10, { head: 12 });
    screen.hears(orderEvent(11, order(1, "preparing", 2)));
    screen.hears(orderEvent(12, order(1, "ready", 3)));
    expect(screen.statuses).toEqual({ o1: "ready" });
    expect(screen.fetching.size).toBe(0);
  });

  it("goes on from the same place after two drops without traffic", () => {
    const screen = liveScreen(10);
    for (let drop = 0; drop < 2; drop++) {
      screen.drops();
      screen.opens();
      expect(screen.auth.resume).toEqual(AT_10);
      screen.isAdmitted(10);
    }
    expect(screen.rung).toEqual([]);
  });

  it("moves its cursor by events and heartbeats, and never back", () => {
    const screen = liveScreen(10);
    screen.hears(orderEvent(15, order(1, "ready", 2)));
    screen.hearsHeartbeat({ [BRANCH]: 20 });
    screen.hearsHeartbeat({ [BRANCH]: 18 });
    screen.hears(orderEvent(17, order(1, "served", 3)));
    screen.drops();
    screen.opens();
    expect(screen.auth.resume).toEqual({ [BRANCH]: { epoch: "e1", seq: 20 } });
    expect(screen.statuses).toEqual({ o1: "ready" });
  });

  it("infers no loss from a hole in the numbers", () => {
    const screen = liveScreen(10);
    screen.hears(orderEvent(500, order(2)));
    expect(Object.keys(screen.statuses)).toEqual(["o1", "o2"]);
    expect(screen.fetching.size).toBe(0);
  });

  it("does not ring for what is replayed", () => {
    const screen = liveScreen(10);
    screen.drops();
    screen.opens();
    screen.isAdmitted(10, { head: 11 });
    screen.hears(orderEvent(11, order(2)));
    screen.hears(orderEvent(12, order(3)));
    expect(screen.rung.map((event) => event.seq)).toEqual([12]);
    expect(Object.keys(screen.statuses)).toEqual(["o1", "o2", "o3"]);
  });

  it.each([
    ["goes on later than the data", 40, "e1"],
    ["is of another epoch", 5, "e2"],
  ])("needs a snapshot when the connection %s", (_why, seq, epoch) => {
    const screen = liveScreen(10);
    screen.drops();
    screen.opens();
    screen.isAdmitted(seq, { epoch });
    expect(screen.fetching.has(BRANCH)).toBe(true);
  });
});

describe("resync", () => {
  it("holds events until the snapshot", () => {
    const screen = liveScreen(10);
    screen.isResynced(20);
    screen.hears(orderEvent(21, order(2)));
    screen.hears(orderEvent(23, order(3)));
    expect(screen.statuses).toEqual({ o1: "confirmed" });
    screen.reads(snapshot(22, [order(2, "ready", 5)]));
    expect(screen.statuses).toEqual({ o2: "ready", o3: "confirmed" });
    expect(screen.rung.map((event) => event.seq)).toEqual([23]);
  });

  it("leaves no cursor until the snapshot", () => {
    const screen = liveScreen(10);
    screen.isResynced(20);
    screen.hearsHeartbeat({ [BRANCH]: 30 });
    screen.drops();
    screen.opens();
    expect(screen.auth).not.toHaveProperty("resume");
  });

  it.each([
    ["too old", snapshot(19)],
    ["of another epoch", snapshot(25, [], "e2")],
    ["none", { orders: [] }],
  ])("reads a snapshot again that is %s", (_why, wrong) => {
    const screen = liveScreen(10);
    screen.isResynced(20);
    screen.reads(wrong);
    expect(screen.fetchesAfter).toBeGreaterThan(0);
    expect(screen.statuses).toEqual({ o1: "confirmed" });
    screen.reads(snapshot(20));
    expect(screen.statuses).toEqual({});
  });

  it("reads a snapshot again that is below where the connection goes on", () => {
    const screen = new Screen();
    screen.opens();
    screen.isAdmitted(10);
    screen.reads(snapshot(9));
    expect(screen.fetching.has(BRANCH)).toBe(true);
    expect(screen.data.size).toBe(0);
  });

  it("lets the answer to an overtaken question pass", () => {
    const screen = liveScreen(10);
    screen.isResynced(20);
    const first = screen.fetching.get(BRANCH);
    screen.isResynced(20, { reason: "access" });
    if (first !== undefined) screen.answers(first, snapshot(25, [order(9)]));
    expect(screen.statuses).toEqual({ o1: "confirmed" });
    screen.reads(snapshot(25));
    expect(screen.statuses).toEqual({});
  });

  it("does not mix two epochs", () => {
    const screen = liveScreen(10);
    screen.isResynced(20);
    screen.hears(orderEvent(21, order(2)));
    screen.isResynced(5, { epoch: "e2", reason: "epoch" });
    screen.reads(snapshot(5, [], "e2"));
    expect(screen.statuses).toEqual({});
    screen.hears(orderEvent(6, order(3)));
    expect(screen.statuses).toEqual({ o3: "confirmed" });
    expect(screen.rung).toHaveLength(1);
  });

  it("does not ring for what is replayed after it", () => {
    const screen = liveScreen(10);
    screen.drops();
    screen.opens();
    screen.isAdmitted(10, { head: 14 });
    screen.isResynced(12, { reason: "access" });
    screen.hears(orderEvent(14, order(2)));
    screen.hears(orderEvent(15, order(3)));
    screen.reads(snapshot(12));
    expect(Object.keys(screen.statuses)).toEqual(["o2", "o3"]);
    expect(screen.rung.map((event) => event.seq)).toEqual([15]);
  });

  it.each([403, 404])("drops on %i what is no longer ours", (status) => {
    const screen = liveScreen();
    screen.isResynced(20, { reason: "access" });
    screen.reads(new Failed(status));
    expect(screen.data.size).toBe(0);
    expect(screen.dropped).toEqual([BRANCH]);
    screen.hears(orderEvent(21, order(2)));
    screen.drops();
    screen.opens();
    expect(screen.auth).not.toHaveProperty("resume");
  });

  it("takes back what is allowed again", () => {
    const screen = liveScreen();
    screen.isResynced(20, { reason: "access" });
    screen.reads(new Failed(403));
    screen.isResynced(22, { reason: "access" });
    screen.reads(snapshot(22, [order(4)]));
    expect(screen.statuses).toEqual({ o4: "confirmed" });
  });

  it("is never live in a branch that the sign-in does not name", () => {
    const screen = liveScreen();
    screen.drops();
    screen.opens();
    screen.isAdmitted(3, { branches: ["barranco"] });
    screen.hearsHeartbeat();
    expect(screen.state).not.toBe("live");
    screen.reads(new Failed(403));
    expect(screen.data.has(BRANCH)).toBe(false);
  });

  it("holds no more events than it must", () => {
    const screen = liveScreen(10);
    screen.isResynced(10);
    for (let seq = 11; seq < 12 + MOST_HELD; seq++) screen.hears(orderEvent(seq, order(1, "ready", seq)));
    screen.reads(snapshot(10));
    expect(screen.fetching.has(BRANCH), "the snapshot must reach the events that were let go").toBe(true);
    screen.reads(snapshot(11 + MOST_HELD, [order(1, "ready", 11 + MOST_HELD)]));
    expect(screen.statuses).toEqual({ o1: "ready" });
  });
});

describe("a snapshot that fails", () => {
  it("never leads to a false Live: 503, a drop, a connection", () => {
    const screen = liveScreen(10);
    screen.isResynced(20, { epoch: "e2", reason: "epoch" });
    screen.reads(new Failed(503));
    screen.hearsHeartbeat({ [BRANCH]: 21 });
    expect(screen.state).toBe("catching_up");
    screen.drops();
    screen.opens();
    expect(screen.auth).not.toHaveProperty("resume");
    screen.isAdmitted(22, { epoch: "e2" });
    screen.hearsHeartbeat();
    expect(screen.state).toBe("catching_up");
    screen.reads(snapshot(22, [order(7)], "e2"));
    expect(screen.state).toBe("live");
    expect(screen.statuses).toEqual({ o7: "confirmed" });
  });

  it("is tried again ever more slowly", () => {
    const screen = new Screen();
    screen.opens();
    screen.isAdmitted(10);
    const waits = Array.from({ length: 8 }, () => {
      screen.reads(new Failed(503));
      return screen.fetchesAfter;
    });
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 20_000, 20_000, 20_000]);
  });

  it("is tried again when the server says", () => {
    const screen = new Screen({ random: 0 });
    screen.opens();
    screen.isAdmitted(10);
    screen.reads(new Failed(503, 7_000));
    expect(screen.fetchesAfter).toBe(7_000);
  });

  it("is resumed from when it arrives between two connections", () => {
    const screen = liveScreen(10);
    screen.isResynced(20);
    screen.hears(orderEvent(22, order(2)));
    screen.drops();
    screen.reads(snapshot(21, [order(1)]));
    screen.opens();
    expect(screen.auth.resume).toEqual({ [BRANCH]: { epoch: "e1", seq: 21 } });
    screen.isAdmitted(21, { head: 22 });
    screen.hears(orderEvent(22, order(2)));
    expect(Object.keys(screen.statuses)).toEqual(["o1", "o2"]);
  });
});

describe("live, or not", () => {
  it("begins with the first heartbeat and the head, anew with each connection", () => {
    const screen = liveScreen(10);
    expect(screen.state).toBe("live");
    screen.drops();
    screen.opens();
    screen.isAdmitted(10, { head: 12 });
    expect(screen.state).toBe("catching_up");
    screen.hearsHeartbeat({ [BRANCH]: 11 });
    expect(screen.state).toBe("catching_up");
    screen.hears(orderEvent(12, order(2)));
    expect(screen.state).toBe("live");
  });

  it("needs a confirmation also when nothing is replayed", () => {
    const screen = liveScreen(10);
    screen.drops();
    screen.opens();
    screen.isAdmitted(10);
    expect(screen.state).toBe("catching_up");
    screen.hearsHeartbeat();
    expect(screen.state).toBe("live");
  });

  it("reaches a head that is not ours by a heartbeat, also while the snapshot is read", () => {
    const screen = liveScreen(10);
    screen.drops();
    screen.opens();
    screen.isAdmitted(10, { head: 14 });
    screen.isResynced(12, { reason: "access" });
    screen.hearsHeartbeat({ [BRANCH]: 14 });
    screen.reads(snapshot(12));
    expect(screen.state).toBe("live");
  });

  it.each([
    ["staff", false, 10_000],
    ["guests", true, 30_000],
  ])("ends for %s when nothing was confirmed for too long", (_who, guest, limit) => {
    const screen = new Screen({ guest });
    screen.opens();
    screen.isAdmitted(1, { heartbeatMs: guest ? 15_000 : 5_000 });
    screen.reads(snapshot(1));
    screen.hearsHeartbeat();
    screen.waits(limit - 1_000);
    expect(screen.state).toBe("live");
    screen.waits(1_000);
    expect(screen.state).toBe("catching_up");
    expect(screen.states.at(-1)).toBe("catching_up");
    screen.hearsHeartbeat();
    expect(screen.state).toBe("live");
  });

  it("is not kept up by heartbeats whose confirmation stands still", () => {
    const screen = liveScreen();
    for (let behind = 5_000; behind < 30_000; behind += 5_000) {
      screen.waits(5_000);
      screen.hearsHeartbeat({}, behind);
    }
    expect(screen.state).toBe("catching_up");
    expect(screen.hungUp).toBe(false);
  });

  it("takes the server's clock from the message that was delayed least", () => {
    const screen = liveScreen();
    expect(screen.session.serverTime(screen.now)).toBe(screen.serverNow);
    screen.hears({ type: "pong", timestamp: screen.serverNow - 4_000 });
    expect(screen.session.serverTime(screen.now)).toBe(screen.serverNow);
  });

  it("is not confirmed by a heartbeat that was long under way", () => {
    const screen = liveScreen();
    const sentAt = screen.serverNow;
    screen.waits(11_000);
    screen.hears({ type: "heartbeat", timestamp: sentAt, confirmedAt: sentAt, streams: {} });
    expect(screen.state).toBe("catching_up");
  });

  it("learns the clock anew with each connection", () => {
    const screen = liveScreen();
    screen.drops();
    screen.opens();
    const behind = screen.now + SERVER_AHEAD - 60_000; // another process, whose clock is a minute slow
    const streams = { [BRANCH]: { epoch: "e1", seq: 10, head: 10 } };
    screen.hears({ type: "auth:success", timestamp: behind, streams, heartbeatMs: 5_000 });
    screen.hears({ type: "heartbeat", timestamp: behind, confirmedAt: behind, streams: {} });
    expect(screen.state).toBe("live");
    expect(screen.session.serverTime(screen.now)).toBe(behind);
  });

  it("is reconnecting, then offline, and knows since when", () => {
    const screen = liveScreen();
    screen.drops();
    expect(screen.state).toBe("reconnecting");
    screen.waits(9_000);
    screen.drops(null);
    expect(screen.state).toBe("reconnecting");
    screen.waits(1_000);
    expect(screen.state).toBe("offline");
    screen.opens();
    screen.drops();
    const freshness = screen.session.freshness(BRANCH, screen.now);
    expect(freshness).toEqual({ state: "offline", lostAgo: 10_000, confirmedAgo: 10_000 });
    expect(screen.states).toEqual(["catching_up", "live", "reconnecting", "offline"]);
  });
});

describe("coming back", () => {
  it.each([
    [1, [500, 1_000, 2_000, 4_000, 8_000, 16_000, 20_000, 20_000]],
    [0.5, [250, 500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]],
    [0, [0, 0, 0, 0, 0, 0, 0, 0]],
  ])("waits with full jitter (%d)", (random, expected) => {
    const screen = new Screen({ random });
    const waits = expected.map(() => {
      screen.drops(null);
      return screen.connect?.after;
    });
    expect(waits).toEqual(expected);
  });

  it("is only made quicker again by a connection that worked", () => {
    const screen = new Screen();
    for (let attempt = 0; attempt < 4; attempt++) {
      screen.opens();
      screen.isAdmitted(0);
      screen.drops();
    }
    expect(screen.connect).toEqual({ do: "connect", after: 4_000, fresh: false });
    screen.opens();
    screen.isAdmitted(0);
    screen.hearsHeartbeat();
    screen.drops();
    expect(screen.connect).toEqual({ do: "connect", after: 500, fresh: false });
  });

  it("follows what a draining server says, once", () => {
    const screen = liveScreen();
    screen.hears({ type: "goodbye", retryAfterMs: 3_210 });
    screen.drops(4003);
    expect(screen.connect?.after).toBe(3_210);
    screen.drops(null);
    expect(screen.connect?.after).toBeLessThan(3_210);
  });

  it("connects at once when the network is back", () => {
    const screen = liveScreen();
    screen.drops();
    screen.drops(null);
    screen.wakes();
    expect(screen.connect).toEqual({ do: "connect", after: 0, fresh: false });
  });

  it("finds a dead socket within five seconds of waking", () => {
    const screen = liveScreen();
    screen.wakes();
    expect(screen.sent.at(-1)).toEqual({ type: "ping" });
    screen.waits(4_000);
    expect(screen.hungUp).toBe(false);
    screen.waits(1_000);
    expect(screen.hungUp).toBe(true);
  });

  it("keeps a good socket on waking", () => {
    const screen = liveScreen();
    screen.wakes();
    screen.hears({ type: "pong", timestamp: screen.serverNow });
    screen.waits(6_000);
    expect(screen.hungUp).toBe(false);
  });

  it("takes silence for a dead connection", () => {
    const screen = liveScreen();
    screen.waits(12_000);
    expect(screen.hungUp).toBe(false);
    screen.waits(1_000);
    expect(screen.hungUp).toBe(true);
  });

  it("takes no answer to its auth for a dead connection", () => {
    const screen = new Screen();
    screen.opens();
    screen.waits(15_000);
    expect(screen.hungUp).toBe(true);
  });
});

describe("tokens", () => {
  it("are renewed on the socket, without a gap", () => {
    const screen = liveScreen();
    screen.waits(11_000);
    screen.hears({ type: "auth:expiring", expiresAt: screen.serverNow + 60_000 });
    expect(screen.tokenIn).toBe(0);
    screen.renews("newer");
    expect(screen.auth).toEqual({ type: "auth", token: "newer" });
    screen.isAdmitted(99);
    screen.hears(orderEvent(11, order(2)));
    expect(Object.keys(screen.statuses)).toEqual(["o1", "o2"]);
    expect(screen.fetching.size).toBe(0);
  });

  it("that live two seconds are not renewed in a circle", () => {
    const screen = new Screen();
    screen.opens();
    screen.isAdmitted(0);
    screen.hears({ type: "auth:expiring", expiresAt: screen.serverNow + 2_000 });
    expect(screen.tokenIn).toBe(1_000);
  });

  it("may bring a branch when they are renewed", () => {
    const screen = liveScreen();
    screen.renews();
    screen.isAdmitted(10, { branches: [BRANCH, "barranco"] });
    expect([...screen.fetching.keys()]).toEqual(["barranco"]);
  });

  it("that can't be had now are tried for again", () => {
    const screen = liveScreen();
    screen.findsNoToken();
    expect(screen.tokenIn).toBe(2_500);
  });

  it("that are refused are replaced until the third", () => {
    const screen = new Screen();
    screen.opens("old");
    const refusal = { type: "auth:error", message: "Invalid token", timestamp: 0 };
    for (let time = 0; time < 2; time++) {
      screen.hears(refusal);
      expect(screen.tokenIn).toBe(0);
      screen.renews();
    }
    screen.hears(refusal);
    expect(screen.tokenIn).toBeNull();
    screen.drops(4500);
    expect(screen.stop).toEqual({ do: "stop", code: 4500, reason: "the token was refused" });
  });

  it.each([4001, 4006])("are spent after %i", (code) => {
    const screen = liveScreen();
    screen.drops(code);
    expect(screen.connect?.fresh).toBe(true);
    screen.drops(null);
    expect(screen.connect?.fresh, "also if the next try came to nothing").toBe(true);
    screen.wakes();
    expect(screen.connect).toEqual({ do: "connect", after: 0, fresh: true });
    screen.opens();
    screen.drops();
    expect(screen.connect).toMatchObject({ fresh: false });
  });
});

it("a guest's token outlives a change of his access: there is no other to be had", () => {
  const screen = new Screen({ guest: true });
  screen.opens();
  screen.drops(4006);
  expect(screen.connect?.fresh).toBe(false);
  screen.opens();
  screen.drops(4001);
  expect(screen.connect?.fresh, "but not its end").toBe(true);
});

describe("close codes", () => {
  it.each([4001, 4002, 4003, 4005, 4006, 4008, 4010, 4013, 4014, 4499, 1001, 1006, 1011])(
    "%i comes back",
    (code) => {
      const screen = liveScreen();
      screen.drops(code);
      expect(screen.stop).toBeNull();
      expect(screen.connect).not.toBeNull();
    },
  );

  it.each([4500, 4503, 4999])("%i stops it", (code) => {
    const screen = liveScreen();
    screen.drops(code);
    expect(screen.stop?.code).toBe(code);
    expect(screen.connect).toBeNull();
    expect(screen.state).toBe("offline");
    screen.wakes();
    expect(screen.connect).toBeNull();
  });

  it("signed out by the provider hangs up", () => {
    const screen = liveScreen();
    screen.isSignedOut("E-mail or password is wrong");
    expect(screen.hungUp).toBe(true);
    expect(screen.stop).toEqual({ do: "stop", code: null, reason: "E-mail or password is wrong" });
    screen.hears(orderEvent(11, order(2)));
    expect(Object.keys(screen.statuses)).toEqual(["o1"]);
  });

  it("however many find out, it stops once", () => {
    const screen = liveScreen();
    screen.isSignedOut("This sign-in has ended");
    screen.stop = null;
    screen.isSignedOut("This sign-in has ended"); // as the snapshot of another branch is told
    expect(screen.stop).toBeNull();
    screen.drops(4503);
    expect(screen.stop).toBeNull();
    const other = liveScreen();
    other.drops(4503);
    other.stop = null;
    other.isSignedOut("This sign-in has ended");
    expect(other.stop).toBeNull();
  });
});

describe("whatever else comes in", () => {
  it.each([
    "not json",
    "[]",
    "{}",
    '{"type":7}',
    '{"type":["heartbeat"]}',
    '{"type":"heartbeat"}',
    '{"type":"heartbeat","timestamp":"soon","confirmedAt":1,"streams":{}}',
    '{"type":"auth:success"}',
    '{"type":"resync","branchId":"elsewhere","epoch":"e1","seq":1,"reason":"epoch"}',
    '{"type":"error","message":"Unknown type: x"}',
    '{"type":"order:created","branchId":"elsewhere","seq":11}',
    '{"type":"order:created","branchId":"miraflores"}',
  ])("lets pass %s", (frame) => {
    const screen = liveScreen();
    const before = screen.data.get(BRANCH);
    screen.hears(frame);
    expect(screen.data.get(BRANCH)).toBe(before);
    expect(screen.state).toBe("live");
    expect(screen.fetching.size).toBe(0);
  });

  it("moves the cursor for an event of an unknown type", () => {
    const screen = liveScreen(10);
    const stamp = { v: 1, id: "x", branchId: BRANCH, seq: 11, timestamp: 0 };
    screen.hears({ ...stamp, type: "weather:changed", sky: "grey" });
    screen.drops();
    screen.opens();
    expect(screen.auth.resume).toEqual({ [BRANCH]: { epoch: "e1", seq: 11 } });
  });

  it("passes on a signal, which changes nothing", () => {
    const screen = liveScreen(10);
    const signal = { type: "music:next", signal: true, branchId: BRANCH };
    screen.hears(signal);
    expect(screen.signals).toEqual([signal]);
    expect(screen.data.get(BRANCH)?.stream.seq).toBe(10);
  });

  it("lets frames of a connection that is gone pass", () => {
    const screen = liveScreen(10);
    screen.drops();
    screen.hears(orderEvent(11, order(2)));
    expect(Object.keys(screen.statuses)).toEqual(["o1"]);
  });
});
