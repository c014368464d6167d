// @vitest-environment happy-dom
/** The hook that the project's first page promised, on a real client. */

import { act, render, renderHook } from "@testing-library/react";
import { createElement, type ReactNode } from "react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { SignInState } from "../src/login.ts";
import type { Json } from "../src/messages.ts";
import { MESSAGE, RestaiProvider, type TokenSource, useAuthStore, useWebSocket } from "../src/react.ts";
import { Network } from "./network.ts";
import { BRANCH, orderEvent, snapshot } from "./screen.ts";

const USER = {
  id: "u1",
  name: "Rosa",
  email: "rosa@x.example",
  role: "waiter",
  organizationId: "o",
  branches: [],
};

/** A sign-in store that a test turns on and off. */
class Store implements TokenSource {
  state: SignInState = { accessToken: null, user: null };
  readonly #listeners = new Set<() => void>();

  subscribe = (listener: () => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  provide = async () => this.state.accessToken ?? "";

  becomes(state: SignInState): void {
    this.state = state;
    for (const listener of this.#listeners) listener();
  }
}

let network: Network;
let store: Store;

beforeEach(() => {
  vi.useFakeTimers();
  network = new Network();
  network.answers = [snapshot(10)];
  store = new Store();
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function wrapper({ children }: { children: ReactNode }): ReactNode {
  return createElement(RestaiProvider, { source: store, url: "http://house.example" }, children);
}

function Both() {
  const connected = [useWebSocket().isConnected, useWebSocket().isConnected];
  return createElement("p", null, connected.join(" "));
}

async function settled(ms = 0): Promise<void> {
  await act(() => vi.advanceTimersByTimeAsync(ms));
}

it("connects when there is a token, and tells when it is connected", async () => {
  const { result } = renderHook(() => ({ ...useWebSocket(), ...useAuthStore() }), { wrapper });
  await settled();
  expect(result.current).toMatchObject({ isConnected: false, ws: null, accessToken: null });
  expect(network.wires).toHaveLength(0);
  act(() => store.becomes({ accessToken: "abc", user: USER }));
  await settled();
  act(() => network.wire.opens());
  expect(result.current).toMatchObject({ isConnected: true, ws: network.wire, accessToken: "abc" });
  expect(network.wire.sent).toEqual([{ type: "auth", token: "abc" }]);
});

it("dispatches every message on the window", async () => {
  const heard: Json[] = [];
  const listener = (event: Event) => heard.push((event as CustomEvent<Json>).detail);
  window.addEventListener(MESSAGE, listener);
  store.becomes({ accessToken: "abc", user: USER });
  renderHook(useWebSocket, { wrapper });
  await settled();
  act(() => network.wire.opens().admits(BRANCH, 10));
  const event = orderEvent(11, { id: "o1", rev: 1, status: "confirmed" });
  act(() => network.wire.says(event));
  window.removeEventListener(MESSAGE, listener);
  expect(MESSAGE).toBe("ws-message");
  expect(heard[0]?.type).toBe("auth:success");
  expect(heard[1]).toEqual(event);
});

it("reconnects by itself, and shares one connection among all components", async () => {
  store.becomes({ accessToken: "abc", user: USER });
  const { container } = render(createElement(wrapper, null, createElement(Both)));
  await settled();
  act(() => network.wire.opens());
  expect(container.textContent).toBe("true true");
  act(() => network.wire.closes(1006));
  expect(container.textContent).toBe("false false");
  await settled(20_000);
  expect(network.wires.length).toBeGreaterThan(1);
  act(() => network.wire.opens());
  expect(container.textContent).toBe("true true");
});

it("goes on over a renewed token, and leaves when it is signed out or unmounted", async () => {
  store.becomes({ accessToken: "abc", user: USER });
  const { result, unmount } = renderHook(useWebSocket, { wrapper });
  await settled();
  act(() => network.wire.opens());
  act(() => store.becomes({ accessToken: "newer", user: { ...USER } }));
  await settled();
  expect(network.wires).toHaveLength(1);
  act(() => store.becomes({ accessToken: null, user: null }));
  expect(result.current).toEqual({ isConnected: false, ws: null });
  expect(network.wire.readyState).toBe(2);
  unmount();
  await settled(60_000);
  expect(network.wires).toHaveLength(1);
});
