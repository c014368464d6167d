// @vitest-environment happy-dom
/** What a scanned code leads to, on a network that may not answer. */

import { act, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { useWelcome } from "../../src/screens/guest/useWelcome.ts";

const HOUSE = { branch: { id: "b", name: "Casa Andina" }, table: { number: "3" }, menu: { categories: [] } };

/** What is answered, in order, the last one for ever. */
let answers: (object | number | null)[];
let asked: string[];

beforeEach(() => {
  vi.useFakeTimers();
  asked = [];
  vi.stubGlobal("fetch", async (path: string) => {
    asked.push(path);
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    if (answer === null) throw new TypeError("Failed to fetch");
    return typeof answer === "number" ? new Response("{}", { status: answer }) : Response.json(answer);
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function passes(ms: number): Promise<void> {
  await act(() => vi.advanceTimersByTimeAsync(ms));
}

it("asks until there is an answer, and says that there was none", async () => {
  answers = [null, 503, HOUSE];
  const { result } = renderHook(() => useWelcome("7KQ4-9XMB"));
  expect(result.current).toBe("asking");
  await passes(0);
  expect(result.current).toBe("unanswered");
  await passes(3_000);
  expect(result.current).toEqual(HOUSE);
  await passes(60_000);
  expect(asked).toEqual(Array(3).fill("/api/guest/tables/7KQ4-9XMB"));
});

it.each([404, 422])("does not ask again where no table has the code (%i)", async (status) => {
  answers = [status];
  const { result } = renderHook(() => useWelcome("AAAA-AAAA"));
  await passes(60_000);
  expect(result.current).toBe("unknown");
  expect(asked).toHaveLength(1);
});

it("stops asking for who has left", async () => {
  answers = [null];
  const { unmount } = renderHook(() => useWelcome("7KQ4-9XMB"));
  await passes(0);
  unmount();
  await passes(60_000);
  expect(asked).toHaveLength(1);
  expect(vi.getTimerCount()).toBe(0);
});
