import { expect, it } from "vitest";
import { steadyClock } from "../src/clock.ts";

function machine() {
  let steady = 0;
  let wall = 1_700_000_000_000;
  const clock = steadyClock(
    () => steady,
    () => wall,
  );
  return {
    clock,
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
  const { clock, passes, sleeps } = machine();
  const start = clock();
  passes(1_000);
  sleeps(1_800_000);
  expect(clock() - start).toBe(1_801_000);
  passes(1_000);
  expect(clock() - start).toBe(1_802_000);
});

it("never goes back when the wall clock is set back, nor leaps when it drifts", () => {
  const { clock, passes, isSet } = machine();
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
});
