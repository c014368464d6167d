import { expect, it } from "vitest";
import { madeAt, newId } from "../src/lib/ids.ts";
import { LANGUAGES, type Language, languageAfter, NAMES } from "../src/lib/language.ts";
import { money } from "../src/lib/money.ts";
import { stopwatch, timeOfDay } from "../src/lib/time.ts";

it("makes ids that sort by when they were made, also within a moment and when the clock goes back", () => {
  const ids = [...Array.from({ length: 5_000 }, () => newId(1_700_000_000_000)), newId(1_600_000_000_000)];
  expect([...ids].sort()).toEqual(ids);
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids)
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

it("offers every language to who asks for another often enough", () => {
  expect(NAMES[languageAfter("en")]).toBe("Español");
  const offered: Language[] = [];
  for (let shown: Language = "en"; !offered.includes(shown); shown = languageAfter(shown))
    offered.push(shown);
  expect(offered).toEqual(LANGUAGES);
});

it("reads when an id was made", () => {
  expect(madeAt("018bcfe5-6800-7000-8000-000000000000")).toBe(1_700_000_000_000);
  expect(madeAt("0c5a1f0e-6b1f-4b6e-9b1e-000000000000")).toBeNull();
});

it.each([
  [15_800, "PEN", "S/ 158.00"],
  [1_234_567, "USD", "$12,345.67"],
  [-5_000, "USD", "-$50.00"],
  [158, "CLP", "$158"],
  [990, "BRL", "R$ 9,90"],
])("writes %i of %s as %s", (minor, currency, text) => {
  expect(money(minor, currency).replaceAll(/\s/g, " ")).toBe(text);
});

it("tells the time of day where the branch is", () => {
  expect(timeOfDay(1_700_000_000_000, "America/Lima", "en")).toBe("17:13");
  expect(timeOfDay(1_700_000_000_000, "Asia/Tokyo", "es")).toBe("07:13");
});

it.each([
  [0, "00:00"],
  [-3_000, "00:00"],
  [501_999, "08:21"],
  [3_753_000, "1:02:33"],
])("shows %i ms as %s", (span, text) => {
  expect(stopwatch(span)).toBe(text);
});
