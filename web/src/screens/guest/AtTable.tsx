/** A phone with a seat: connected, until its visit ends. */

import type { Json, Stop } from "@restai/sdk";
import type { GuestMenuView, GuestSnapshot } from "@restai/sdk/types";
import type { QueryClient } from "@tanstack/react-query";
import { type ReactNode, use, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { Redirect, Route, Switch, useLocation } from "wouter";
import { type Database, openDatabase } from "../../lib/database.ts";
import { useWords } from "../../lib/language.ts";
import { money } from "../../lib/money.ts";
import { useFreshness } from "../../live/hooks.ts";
import { keys } from "../../live/keys.ts";
import { LiveProvider, useNews } from "../../live/LiveProvider.tsx";
import { newQueries } from "../../live/queries.ts";
import { Connection } from "../../ui/Connection.tsx";
import { Cart } from "./Cart.tsx";
import { readFromHeading } from "./focus.ts";
import { Sheet } from "./frames.tsx";
import { Menu } from "./Menu.tsx";
import { OurTable } from "./OurTable.tsx";
import { Pass } from "./pass.ts";
import { Refusals } from "./Refusals.tsx";
import { soFar } from "./rules/bill.ts";
import { type Ending, endingOf, isIn } from "./rules/party.ts";
import type { Farewell, Seat } from "./seat.ts";
import { useGuestSnapshot, useVisitOf, VisitContext } from "./useVisit.ts";
import { Waiting } from "./Waiting.tsx";
import { words } from "./words.ts";

interface Props {
  seat: Seat;
  /** As it was read at the door, if it was. */
  menu: GuestMenuView | null;
  onEnd: (farewell: Farewell) => void;
}

const opened = openDatabase();

export default function AtTable({ seat, menu, onEnd }: Props): ReactNode {
  const database = use(opened);
  const [queries] = useState(() => queriesWith(menu, seat));
  const principal = principalOf(seat);
  useEffect(() => void forget(database, (whose) => whose !== principal), [database, principal]);
  const pass = useMemo(() => new Pass(seat), [seat]);
  /** Why the visit was turned down, if that was said. */
  const reason = useRef<string | null>(null);
  const end = useRef(onEnd);
  end.current = (farewell: Farewell) => {
    queries.clear(); // or what was shown last would be kept once more
    onEnd(farewell);
    void forget(database, (whose) => whose === principal);
  };
  const stop = useCallback(
    (_stop: Stop) => {
      const last = queries.getQueryData<GuestSnapshot | null>(keys.snapshot(seat.branchId)) ?? null;
      end.current(farewell(last, (last && endingOf(last, seat.guestId)) ?? "over", reason.current));
    },
    [queries, seat],
  );
  return (
    <LiveProvider
      guest
      principal={principal}
      branchId={seat.branchId}
      source={pass}
      {...{ queries, database }}
      onStop={stop}
    >
      <UntilItEnds seat={seat} reason={reason} onEnd={(farewell) => end.current(farewell)} />
    </LiveProvider>
  );
}

function queriesWith(menu: GuestMenuView | null, { branchId }: Seat): QueryClient {
  const queries = newQueries();
  if (menu !== null) queries.setQueryData(keys.menu(branchId), menu);
  return queries;
}

function principalOf({ guestId }: Seat): string {
  return `guest ${guestId}`;
}

/** Of what this phone keeps of visits, nothing stays of those. */
async function forget(database: Database, those: (principal: string) => boolean): Promise<void> {
  const isTheirs = (whose: string) => whose.startsWith("guest ") && those(whose);
  const places = await database.getAllKeys("snapshots");
  const commands = await database.getAll("commands");
  await Promise.all([
    ...places
      .filter((place) => isTheirs(place.slice(0, place.lastIndexOf(" "))))
      .map((place) => database.delete("snapshots", place)),
    ...commands
      .filter(({ principal }) => isTheirs(principal))
      .map(({ id }) => database.delete("commands", id)),
  ]);
}

/** What is left of a visit, told from its last state. */
function farewell(last: GuestSnapshot | null, how: Ending, reason: string | null): Farewell {
  const { total } = soFar(last?.orders ?? []);
  const spent = last !== null && total > 0 ? money(total, last.branch.currency) : null;
  return { how, reason, branch: last?.branch.name ?? "", total: spent, at: Date.now() };
}

interface UntilProps extends Pick<Props, "seat" | "onEnd"> {
  reason: { current: string | null };
}

function UntilItEnds({ seat, reason, onEnd }: UntilProps): ReactNode {
  const snapshot = useGuestSnapshot();
  useReason(reason);
  const ending = snapshot ? endingOf(snapshot, seat.guestId) : null;

  useEffect(() => {
    if (snapshot && ending !== null) onEnd(farewell(snapshot, ending, reason.current));
  }, [snapshot, ending, reason, onEnd]);

  if (!snapshot) return <Reading />;
  if (ending !== null) return null;
  return <Seated snapshot={snapshot} seat={seat} />;
}

/** Keeps why the visit was turned down: the snapshot does not say it. */
function useReason(reason: { current: string | null }): void {
  const news = useMemo(
    () => ({
      applied: ({ type, reason: said }: Json) => {
        if (type === "session:rejected" && typeof said === "string") reason.current = said;
      },
    }),
    [reason],
  );
  useNews(news);
}

function Reading(): ReactNode {
  const say = useWords(words);
  const { state } = useFreshness();
  return (
    <Sheet title={state === "offline" ? say.unreachable : say.loading}>
      <p>
        <Connection brief />
      </p>
    </Sheet>
  );
}

function Seated({ snapshot, seat }: { snapshot: GuestSnapshot; seat: Seat }): ReactNode {
  const visit = useVisitOf(snapshot, seat);
  useHeadingFocus();
  if (!isIn(snapshot, seat.guestId)) {
    return (
      <VisitContext value={visit}>
        <Waiting />
      </VisitContext>
    );
  }
  return (
    <VisitContext value={visit}>
      <Switch>
        <Route path="/order">
          <Cart />
        </Route>
        <Route path="/table">
          <OurTable />
        </Route>
        <Route path="/">
          <Menu />
        </Route>
        <Route>
          <Redirect to="/" replace />
        </Route>
      </Switch>
      <Refusals />
    </VisitContext>
  );
}

/** Who goes to another screen begins to read it at its top. */
function useHeadingFocus(): void {
  const [path] = useLocation();
  const before = useRef(path);
  useEffect(() => {
    if (before.current === path) return;
    before.current = path;
    if (path !== "/") scrollTo(0, 0);
    readFromHeading();
  }, [path]);
}
