/** The recorded evening and who belongs where, as `protocol/` has them: the same files that every SDK runs. */

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { apply } from "../src/apply.ts";
import type { Json } from "../src/messages.ts";

interface Screen {
  snapshot: Json;
  steps: { events: Json[]; snapshot: Json }[];
}

interface Row {
  resource: Json;
  belongs: boolean;
}

const SCREENS = ["staff", "guest"].flatMap((kind) =>
  read<Screen[]>(`vectors/${kind}.json`).map((screen, at): [string, Screen] => [`${kind} ${at}`, screen]),
);
const ROWS = Object.entries(read<Record<string, Row[]>>("membership.json")).flatMap(([collection, rows]) =>
  rows.map(({ resource, belongs }): [string, Json, boolean] => [collection, resource, belongs]),
);

describe.each(SCREENS)("the screen of %s", (_name, { snapshot, steps }) => {
  it("shows what the server said", () => {
    expect(steps.length).toBeGreaterThan(0);
    let held = snapshot;
    for (const step of steps) {
      held = step.events.reduce(apply, held);
      expect(comparable(held)).toEqual(comparable(step.snapshot));
    }
  });

  it("is not changed by events that come twice or late", () => {
    let held = snapshot;
    const told: Json[] = [];
    for (const step of steps) {
      for (const event of step.events) {
        held = apply(held, event);
        told.push(event);
        held = told.slice(-3).reduce(apply, held);
      }
      expect(comparable(held)).toEqual(comparable(step.snapshot));
    }
  });
});

it.each(ROWS)("of %s, %j belongs to a staff snapshot: %s", (collection, resource, belongs) => {
  const kind = collection === "till" ? "till" : collection.replace(/s$/, "");
  const nothing = collection === "till" ? null : [];
  const before = { stream: { epoch: "e", seq: 1 }, tables: [], [collection]: nothing };
  const one = { id: "x", rev: 1, ...resource };
  const after = apply(before, { type: `${kind}:updated`, seq: 2, [kind]: one })[collection];
  const held = collection === "till" ? one : [one];
  expect(after).toEqual(belongs ? held : nothing);
});

/** Collections by the ids in them; of the position only the epoch: holes in `seq` mean nothing. */
function comparable(snapshot: Json): Json {
  const fields = Object.entries(snapshot).map(([name, value]) => [
    name,
    Array.isArray(value) ? Object.fromEntries(value.map((each: Json) => [each.id, each])) : value,
  ]);
  return { ...Object.fromEntries(fields), stream: snapshot.stream.epoch };
}

function read<Content>(name: string): Content {
  return JSON.parse(readFileSync(new URL(`../../../protocol/${name}`, import.meta.url), "utf-8"));
}
