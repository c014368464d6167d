import { expect, it, vi } from "vitest";
import { steadyClock } from "../src/clock.ts";

function machine() {
  let steady = 0;
  let wall = 1_700_000_000_000;
  const leapt = vi.fn();
  const clock = steadyClock(
    leapt,
    () => steady,
    () => wall,
  );
  return {
    clock,
    leapt,
    passes: (ms: number) => {
      steady += ms;
      wall += ms;
    },
    sleeps: (ms: number) => {
      wall += ms;
    },
    isSet: (ms: number) => {
      wall += ms;
    },
  };
}

it("goes with the steady clock", () => {
  const { clock, passes } = machine();
  const start = clock();
  passes(1_500);
  expect(clock() - start).toBe(1_500);
});

it("goes on while the device sleeps", () => {
  const { clock, leapt, passes, sleeps } = machine();
  const start = clock();
  passes(1_000);
  sleeps(1_800_000);
  expect(clock() - start).toBe(1_801_000);
  expect(leapt).toHaveBeenCalledOnce();
  passes(1_000);
  expect(clock() - start).toBe(1_802_000);
});

it("never goes back when the wall clock is set back, nor leaps when it drifts", () => {
  const { clock, leapt, passes, isSet } = machine();
  const start = clock();
  isSet(-300_000);
  passes(1_000);
  expect(clock() - start).toBe(1_000);
  for (let step = 0; step < 10; step++) {
    isSet(100);
    passes(1_000);
    clock();
  }
  expect(clock() - start).toBe(11_000);
  expect(leapt).not.toHaveBeenCalled();
});
