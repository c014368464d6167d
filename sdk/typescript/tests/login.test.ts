/** Where tokens come from. */

import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Login, SignedOut, Unavailable } from "../src/login.ts";

const USER = {
  id: "u1",
  name: "Rosa",
  email: "rosa@x.example",
  role: "waiter",
  organizationId: "o",
  branches: [],
};

let now = 0;
let asked: [path: string, body: unknown][];
let answer: (path: string) => Response;

beforeEach(() => {
  now = 0;
  asked = [];
  answer = () => granted(asked.length);
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    asked.push([new URL(url).pathname, JSON.parse(String(init.body))]);
    return answer(new URL(url).pathname);
  });
});

afterEach(() => vi.unstubAllGlobals());

function granted(number: number, more = {}): Response {
  const body = { accessToken: `a${number}`, expiresAt: 1_000_900_000, user: USER, ...more };
  return Response.json(body, { headers: { Date: new Date(1_000_000_000).toUTCString() } });
}

function login(options = {}): Login {
  return new Login("http://house.example", { clock: () => now, ...options });
}

it("signs in, and keeps the token while it is good", async () => {
  const mine = login({ cookie: true });
  const told = vi.fn();
  mine.subscribe(told);
  expect(await mine.signIn("rosa@x.example", "secret")).toEqual(USER);
  expect(asked).toEqual([["/api/auth/login", { email: "rosa@x.example", password: "secret", cookie: true }]]);
  expect(mine.state).toEqual({ accessToken: "a1", user: USER });
  expect(told).toHaveBeenCalledOnce();
  expect(await mine.provide(false)).toBe("a1");
  now = 15 * 60_000 - 90_000;
  expect(await mine.provide(false)).toBe("a2");
});

it("renews once for all who ask at the same time", async () => {
  const mine = login({ cookie: true, user: USER });
  expect(await Promise.all([mine.provide(true), mine.provide(true), mine.provide(false)])).toEqual([
    "a1",
    "a1",
    "a1",
  ]);
  expect(asked).toEqual([["/api/auth/refresh", {}]]);
});

it("sends a program's refresh token, and each only once", async () => {
  const mine = login();
  answer = () => granted(asked.length, { refreshToken: `r${asked.length}` });
  await mine.signIn("rosa@x.example", "secret");
  await mine.provide(true);
  await mine.provide(true);
  expect(asked.slice(1)).toEqual([
    ["/api/auth/refresh", { refreshToken: "r1" }],
    ["/api/auth/refresh", { refreshToken: "r2" }],
  ]);
});

it("is over when the refresh token is refused", async () => {
  const mine = login({ cookie: true, user: USER });
  answer = () => new Response("{}", { status: 401 });
  await expect(mine.provide(false)).rejects.toThrow(SignedOut);
  expect(mine.state).toEqual({ accessToken: null, user: null });
});

it.each([503, 429])("is not over when the server answers %i", async (status) => {
  const mine = login({ cookie: true, user: USER });
  answer = () => new Response("{}", { status });
  await expect(mine.provide(false)).rejects.toThrow(Unavailable);
  expect(mine.state.user).toEqual(USER);
});

it("says so when the password is wrong", async () => {
  answer = () => new Response("{}", { status: 401 });
  await expect(login().signIn("rosa@x.example", "guess")).rejects.toThrow("E-mail or password is wrong");
});

it("signs out here even if the server can't be reached", async () => {
  const mine = login({ cookie: true });
  await mine.signIn("rosa@x.example", "secret");
  answer = () => {
    throw new TypeError("Failed to fetch");
  };
  await expect(mine.signOut()).rejects.toThrow("Failed to fetch");
  expect(mine.state).toEqual({ accessToken: null, user: null });
});
