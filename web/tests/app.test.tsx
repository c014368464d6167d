// @vitest-environment happy-dom
/** Cooks change on one tablet: whoever's sign-in has ended leaves nothing to the next but a door. */

import "fake-indexeddb/auto";
import { type Account, Login } from "@restai/sdk";
import type { QueryClient } from "@tanstack/react-query";
import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Network } from "../../sdk/typescript/tests/network.ts";
import { App } from "../src/App.tsx";
import type { Command } from "../src/api/queue.ts";
import { type Database, openDatabase } from "../src/lib/database.ts";
import { keys } from "../src/live/keys.ts";
import { newQueries } from "../src/live/queries.ts";
import { snapshot } from "./kitchen/house.ts";

const ANA = account("ana");
const BRUNO = account("bruno");
const HOUSE = "http://house.example";
/** Made by Ana while the tablet had no network. */
const BUMP: Command = {
  id: "0192f1c8-7a00-7000-8000-000000000001",
  principal: "staff ana",
  branchId: "b",
  method: "PATCH",
  path: "/api/orders/38/items/1/status",
  body: { status: "ready" },
  effect: { on: "line", orderId: "order 38", lineId: "line 1", status: "ready" },
  attempts: 0,
};

let database: Database;
let queries: QueryClient;
let login: Login;
let number = 0;
/** What the server says of sign-ins; null while it cannot be reached. */
let answer: Response | null;

function account(id: string): Account {
  const branches = [{ id: "b", name: "Casa Andina" }];
  return { id, name: id, email: `${id}@house.example`, role: "kitchen", organizationId: "o", branches };
}

function granted(user: Account): Response {
  return Response.json({ accessToken: user.id, user, expiresAt: Date.now() + 900_000 });
}

/** Ana's tablet, reloaded without a network: what it shows is what it kept. */
beforeEach(async () => {
  new Network();
  answer = null;
  vi.spyOn(navigator, "locks", "get").mockReturnValue(undefined as never); // none here
  vi.stubGlobal("fetch", async (url: string) => {
    const { pathname } = new URL(url, HOUSE);
    if (!pathname.startsWith("/api/auth/")) throw new TypeError("Failed to fetch");
    return vi.waitUntil(() => answer?.clone());
  });
  number += 1;
  database = await openDatabase(`app ${number}`);
  await database.put("commands", BUMP);
  await database.put("snapshots", { snapshot: snapshot(), menu: undefined, confirmedAt: 1 }, "staff ana b");
  queries = newQueries();
  login = new Login(HOUSE, { cookie: true, user: ANA });
  render(<App {...{ login, queries, database }} />);
  await waitFor(() => expect(queries.getQueryData(keys.outbox)).toEqual([BUMP]));
  await waitFor(() => expect(queries.getQueryData(keys.snapshot("b"))).toBeDefined());
});

afterEach(() => {
  cleanup();
  database.close();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

async function signsIn(user: Account): Promise<void> {
  answer = granted(user);
  fireEvent.change(screen.getByLabelText("E-mail"), { target: { value: user.email } });
  fireEvent.change(screen.getByLabelText("Password"), { target: { value: "secret" } });
  fireEvent.submit(screen.getByLabelText("E-mail").closest("form") as HTMLFormElement);
  await waitFor(() => expect(screen.queryByLabelText("E-mail")).toBeNull());
}

/** The network is back, and the server says that Ana's sign-in has ended. */
async function hersEnds(): Promise<void> {
  answer = new Response("{}", { status: 401 });
  await screen.findByLabelText("E-mail");
}

it("a sign-in that has ended when the network is back is told so, and none of its data stays", async () => {
  await hersEnds();
  expect(screen.getByRole("alert").textContent).toBe("You have been signed out. Sign in to go on.");
  expect(queries.getQueryCache().getAll()).toEqual([]);
  await waitFor(async () => expect(await database.count("snapshots")).toBe(0));
  expect(await database.getAllKeys("commands"), "what she did waits for her").toEqual([BUMP.id]);
});

it("the next cook sees nothing of what the last one did and was not sent", async () => {
  await hersEnds();
  await signsIn(BRUNO);
  await waitFor(() => expect(queries.getQueryData(keys.outbox)).toEqual([]));
});

it("another one who has signed in beside in the same browser takes over nothing", async () => {
  answer = granted(BRUNO);
  await waitFor(() => expect(login.state.user).toEqual(BRUNO));
  await waitFor(() => expect(queries.getQueryData(keys.outbox)).toEqual([]));
  expect(queries.getQueryData(keys.snapshot("b"))).toBeUndefined();
  await waitFor(async () => expect(await database.count("snapshots")).toBe(0));
});
