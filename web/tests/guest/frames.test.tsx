// @vitest-environment happy-dom
/** What stands over every page of a guest. */

import type { GuestSnapshot } from "@restai/sdk/types";
import { render, screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { Hero } from "../../src/screens/guest/frames.tsx";

const TABLE = { number: "7", spaceId: "s" } as GuestSnapshot["table"];

it("says in which space the table stands", () => {
  const spaces = [{ id: "s", rev: 1, name: "Terrace" }];
  const branch = { name: "Casa Andina", spaces } as unknown as GuestSnapshot["branch"];
  render(<Hero branch={branch} table={TABLE} />);
  expect(screen.getByText("Table 7 · Terrace")).toBeTruthy();
});

it("shows what the version before kept on this phone", () => {
  render(<Hero branch={{ name: "Casa Andina" } as GuestSnapshot["branch"]} table={TABLE} />);
  expect(screen.getByText("Table 7")).toBeTruthy();
});
