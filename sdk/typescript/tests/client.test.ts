/** The client on sockets whose other end follows a script. */

import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Client, type ClientOptions } from "../src/client.ts";
import { fixed, SignedOut, type TokenProvider } from "../src/login.ts";
import type { Json } from "../src/messages.ts";
import { Network } from "./network.ts";
import { BRANCH, order, orderEvent, snapshot } from "./screen.ts";

let network: Network;
let clients: Client[];

beforeEach(() => {
  vi.useFakeTimers();
  network = new Network();
  clients = [];
});

afterEach(() => {
  for (const client of clients) client.stop();
  expect(vi.getTimerCount(), "nothing is left behind").toBe(0);
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** All that can happen without time passing has happened. */
async function settled(): Promise<void> {
  await vi.advanceTimersByTimeAsync(0);
}

async function started(token: TokenProvider = fixed("abc"), options: ClientOptions = {}): Promise<Client> {
  const client = new Client("http://restaurant.example/", token, { random: () => 0.01, ...options });
  clients.push(client);
  client.start();
  await settled();
  return client;
}

async function live(token?: TokenProvider, options?: ClientOptions): Promise<Client> {
  network.answers = [snapshot(10, [order(1)])];
  const client = await started(token, options);
  network.wire.opens().admits(BRANCH, 10);
  await settled();
  network.wire.beats();
  return client;
}

function wallet(): { asked: boolean[]; provide: TokenProvider } {
  const asked: boolean[] = [];
  let number = 1;
  return {
    asked,
    provide: async (fresh) => {
      asked.push(fresh);
      if (fresh) number += 1;
      return `t${number}`;
    },
  };
}

it("shows the snapshot and then every event", async () => {
  const applied: [number, boolean][] = [];
  const client = await live(fixed("abc"), {
    branches: [BRANCH],
    listener: { applied: (_branch, event, replay) => applied.push([event.seq, replay]) },
  });
  expect(network.wire.url).toBe("ws://restaurant.example/ws");
  expect(network.wire.sent[0]).toEqual({ type: "auth", token: "abc", branches: [BRANCH] });
  expect(network.asked).toEqual([[`/api/branches/${BRANCH}/snapshot`, "abc"]]);
  expect(client.freshness(BRANCH).state).toBe("live");
  network.wire.says(orderEvent(11, order(1, "ready", 2)));
  expect(client.snapshots.get(BRANCH)?.orders).toEqual([order(1, "ready", 2)]);
  expect(applied).toEqual([[11, false]]);
});

it("resumes a connection that was cut, with a token asked for again", async () => {
  const { asked, provide } = wallet();
  const client = await live(provide);
  network.wire.closes(1006);
  await vi.advanceTimersByTimeAsync(100);
  network.wire.opens();
  expect(network.wire.sent[0]?.resume).toEqual({ [BRANCH]: { epoch: "e1", seq: 10 } });
  network.wire.admits(BRANCH, 10);
  expect(asked).toEqual([false, false]);
  expect(client.reconnects).toBe(1);
});

it("goes on from what was kept from another life", async () => {
  const heard: number[] = [];
  const listener = { applied: (_branch: string, event: Json) => heard.push(event.seq) };
  const client = new Client("http://restaurant.example/", fixed("abc"), { listener });
  clients.push(client);
  client.goesOn(BRANCH, snapshot(10, [order(1)]));
  client.start();
  await settled();
  network.wire.opens();
  expect(network.wire.sent[0]?.resume).toEqual({ [BRANCH]: { epoch: "e1", seq: 10 } });
  network.wire.admits(BRANCH, 10, 11);
  network.wire.says(orderEvent(11, order(2)));
  expect(heard).toEqual([11]);
  expect(network.asked).toEqual([]);
});

it("does not use a token again that expired", async () => {
  await live(wallet().provide);
  network.wire.closes(4001);
  await vi.advanceTimersByTimeAsync(100);
  expect(network.wire.opens().sent[0]?.token).toBe("t2");
});

it("renews a token on the socket", async () => {
  await live(wallet().provide);
  network.wire.says({ type: "auth:expiring", expiresAt: 0 });
  await settled();
  expect(network.wire.sent.at(-1)).toEqual({ type: "auth", token: "t2" });
  expect(network.wires).toHaveLength(1);
});

it.each([4500, 4503])("stops for good on %i", async (code) => {
  const stopped = vi.fn();
  await live(fixed("abc"), { listener: { stopped } });
  network.wire.closes(code);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(stopped).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ code }));
  expect(network.wires).toHaveLength(1);
});

it("stops when nobody is signed in any more", async () => {
  const stopped = vi.fn();
  const gone = async () => {
    throw new SignedOut("This sign-in has ended");
  };
  await started(gone, { listener: { stopped } });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(stopped).toHaveBeenCalledExactlyOnceWith({
    do: "stop",
    code: null,
    reason: "This sign-in has ended",
  });
  expect(network.wires).toHaveLength(0);
});

it("goes on trying when no token is to be had now", async () => {
  let asked = 0;
  const client = await started(async () => {
    asked += 1;
    throw new TypeError("Failed to fetch");
  });
  await vi.advanceTimersByTimeAsync(30_000);
  expect(asked).toBeGreaterThan(3);
  expect(client.trouble).toBe("Failed to fetch");
  expect(client.freshness(BRANCH).state).toBe("offline");
});

it("reads a snapshot again that can't be read now, with a new token if the old one was refused", async () => {
  network.answers = [503, 401, snapshot(9), snapshot(10, [order(1)])];
  const client = await started(wallet().provide);
  network.wire.opens().admits(BRANCH, 10);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(network.asked.map(([, token]) => token)).toEqual(["t1", "t1", "t2", "t2"]);
  expect(client.snapshots.get(BRANCH)?.stream.seq).toBe(10);
});

it("stops when a snapshot is refused and nobody is signed in any more", async () => {
  const stopped = vi.fn();
  const once = async (fresh: boolean) => {
    if (fresh) throw new SignedOut("This sign-in has ended");
    return "abc";
  };
  network.answers = [401];
  await started(once, { listener: { stopped } });
  network.wire.opens().admits(BRANCH, 10);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(stopped).toHaveBeenCalledExactlyOnceWith(
    expect.objectContaining({ reason: "This sign-in has ended" }),
  );
  expect(network.asked).toHaveLength(1);
});

it("forgets what is not ours any more", async () => {
  const changed = vi.fn();
  const client = await live(fixed("abc"), { listener: { changed } });
  network.answers = [403];
  network.wire.says({ type: "resync", branchId: BRANCH, epoch: "e1", seq: 11, reason: "access" });
  await settled();
  expect(changed).toHaveBeenLastCalledWith(BRANCH, null);
  expect(client.snapshots.size).toBe(0);
});

it("reads the guest's snapshot for a guest", async () => {
  network.answers = [snapshot(10)];
  await started(fixed("abc"), { guest: true });
  network.wire.opens().admits(BRANCH, 10);
  await settled();
  expect(network.asked).toEqual([["/api/guest/snapshot", "abc"]]);
});

it("passes on all that is said, and signals", async () => {
  const heard: Json[] = [];
  const signal = vi.fn();
  await live(fixed("abc"), { listener: { message: (message) => heard.push(message), signal } });
  network.wire.says({ type: "music:next", signal: true });
  expect(heard.map((message) => message.type)).toEqual(["auth:success", "heartbeat", "music:next"]);
  expect(signal).toHaveBeenCalledOnce();
});

it("hangs up a silent connection without waiting for it to agree", async () => {
  const sockets: unknown[] = [];
  await live(fixed("abc"), { listener: { connection: (socket) => sockets.push(socket) } });
  await vi.advanceTimersByTimeAsync(14_000);
  expect(network.wires).toHaveLength(2);
  expect(sockets).toEqual([network.wires[0], null]);
});

it("does not wait for ever for a connection", async () => {
  await started();
  await vi.advanceTimersByTimeAsync(10_500);
  expect(network.wires).toHaveLength(2);
});

it("does not wait for the next try when woken", async () => {
  const client = await live(fixed("abc"), { random: () => 0.9 });
  for (let attempt = 0; attempt < 5; attempt++) {
    network.wire.closes(1006);
    client.wake();
    await settled();
    expect(network.wires).toHaveLength(2 + attempt);
  }
});

it("connects anew when the device's clock was set: it is live again at once", async () => {
  const client = await live();
  expect(client.freshness(BRANCH).state).toBe("live");
  vi.setSystemTime(Date.now() + 300_000);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(network.wires).toHaveLength(2);
  vi.setSystemTime(Date.now() - 300_000); // so that the server's, which is this one, is right again
  network.wire.opens().admits(BRANCH, 10);
  network.wire.beats();
  expect(client.freshness(BRANCH).state).toBe("live");
});

it("leaves quietly, and does nothing afterwards", async () => {
  const stopped = vi.fn();
  const client = await live(fixed("abc"), { listener: { stopped } });
  client.stop();
  network.wire.closes(1006);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(network.wires).toHaveLength(1);
  expect(stopped).not.toHaveBeenCalled();
});
