import type { ReactNode } from "react";
import { madeAt } from "../../lib/ids.ts";
import { useWords } from "../../lib/language.ts";
import { stopwatch } from "../../lib/time.ts";
import { useServerTime } from "../../live/hooks.ts";
import { Connection } from "../../ui/Connection.tsx";
import { Carte } from "./Carte.tsx";
import { Card, Hero } from "./frames.tsx";
import { ReadingMenu, Stale } from "./Page.tsx";
import { useVisit } from "./useVisit.ts";
import { words } from "./words.ts";

/** Until somebody lets this phone in: since when it waits, and the menu to read meanwhile. */
export function Waiting(): ReactNode {
  const say = useWords(words);
  const { snapshot, menu, seat } = useVisit();
  const { branch, table, session } = snapshot;
  return (
    <div className="mx-auto flex min-h-dvh max-w-xl flex-col bg-paper text-ink">
      <Hero branch={branch} table={table} />
      <main>
        <div className="px-4 pt-4 pb-2">
          <Card className="flex flex-wrap items-center gap-x-4 gap-y-1">
            <div role="status" className="min-w-0 flex-[1_1_7.5rem]">
              <h2 className="text-lg font-bold [overflow-wrap:anywhere]">{say.momentPlease(seat.name)}</h2>
              <p className="text-ink-2">{session.status === "pending" ? say.staffLetsIn : say.partyLetsIn}</p>
            </div>
            <p className="text-2xl font-bold" data-waiting>
              <span className="sr-only">{say.waitingFor} </span>
              <Elapsed guestId={seat.guestId} />
            </p>
          </Card>
        </div>
        {menu === undefined ? (
          <ReadingMenu />
        ) : (
          <Carte menu={menu} currency={branch.currency} status={<Connection brief />} notice={<Stale />} />
        )}
      </main>
    </div>
  );
}

function Elapsed({ guestId }: { guestId: string }): ReactNode {
  const since = madeAt(guestId);
  return useServerTime((now) => stopwatch(now - (since ?? now)));
}
