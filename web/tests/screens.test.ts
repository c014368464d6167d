/** What this device is called by, for the others in a branch. */

import { beforeEach, expect, it } from "vitest";
import { device } from "../src/lib/device.ts";
import { screenAt } from "../src/screens.ts";

const BRANCH = "0192f1c8-7a00-7000-8000-00000000b001";

beforeEach(() => {
  device.remove("screen.kitchen");
  device.remove(`kitchen.${BRANCH}`);
});

it("is the kitchen where work begins, as the same screen each time", () => {
  const screen = screenAt("/", BRANCH);
  expect(screen).toMatchObject({ kind: "kitchen", name: "Kitchen" });
  expect(screenAt("/kitchen", BRANCH)).toEqual(screen);
  device.remove("screen.kitchen");
  expect(screenAt("/kitchen", BRANCH)?.id).not.toBe(screen?.id);
});

it.each([
  [{ name: "Grill" }, "Grill"],
  [{ name: "", stations: ["grill", "cold"] }, "Grill + Cold"],
  [{ name: "x".repeat(100) }, "x".repeat(80)],
  [{ name: "  " }, "Kitchen"],
])("called by %o, is %s", (settings, name) => {
  device.set(`kitchen.${BRANCH}`, settings);
  expect(screenAt("/kitchen", BRANCH)?.name).toBe(name);
});

it("is nothing on a page that there is not", () => {
  expect(screenAt("/nowhere", BRANCH)).toBeUndefined();
});
