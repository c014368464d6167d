/** Milliseconds on a clock that never goes back, and goes on while the device sleeps. */
export type Clock = () => number;

/** ms that the two clocks of a machine may differ by without one having slept. */
const SLEPT = 2_000;

/**
 * The browser's steady clock may stand still while the device sleeps, and its wall clock may be set.
 * So it is the steady one that counts, and a leap of the wall clock beyond it is taken for sleep.
 *
 * `leapt` is called then: what was known of how this clock stands to another may not be true any more.
 */
export function steadyClock(
  leapt: () => void = () => undefined,
  steady: Clock = () => performance.now(),
  wall: Clock = () => Date.now(),
): Clock {
  let slept = 0;
  let lead = wall() - steady();
  return () => {
    const present = wall() - steady();
    const leap = present - lead;
    lead = present;
    if (leap > SLEPT) {
      slept += leap;
      leapt();
    }
    return Math.floor(steady() + slept);
  };
}
