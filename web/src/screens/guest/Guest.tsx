/** From a scanned code to the goodbye: what a phone shows follows from where it sits. */

import type { GuestMenuView } from "@restai/sdk/types";
import { lazy, type ReactNode, Suspense, useEffect, useState } from "react";
import { Redirect, Route, Switch } from "wouter";
import { useWords } from "../../lib/language.ts";
import { part } from "../../lib/shell.ts";
import { Button } from "../../ui/Button.tsx";
import { Guarded } from "../../ui/Guarded.tsx";
import { CodeEntry } from "./CodeEntry.tsx";
import { Door } from "./Door.tsx";
import { Sheet } from "./frames.tsx";
import { Goodbye } from "./Goodbye.tsx";
import { codeIn, endSeat, type Farewell, leaveSeat, type Seat, seatAt, seatOf } from "./seat.ts";
import { words } from "./words.ts";

/** What is live comes after the first sight of the menu: on a slow network it would hold that up. */
const atTable = () => import("./AtTable.tsx");
const AtTable = lazy(part(atTable));

export function Guest(): ReactNode {
  return (
    <Guarded instead={<Failed />}>
      <Switch>
        <Route path="/t/:code" nest>
          {({ code }) => <Table key={codeIn(code)} code={codeIn(code)} />}
        </Route>
        <Route>
          <Entrance />
        </Route>
      </Switch>
    </Guarded>
  );
}

/** Without a code: back to where this phone sits, or the code is typed. */
function Entrance(): ReactNode {
  const seat = seatOf();
  return seat === null ? <CodeEntry /> : <Redirect to={`/t/${seat.code}`} replace />;
}

function Table({ code }: { code: string }): ReactNode {
  const say = useWords(words);
  const [seat, setSeat] = useState(() => seatAt(code));
  /** What was read at the door, for the table to begin with. */
  const [menu, setMenu] = useState<GuestMenuView | null>(null);
  useEffect(() => {
    atTable().catch(() => undefined); // while the guest reads, and says his name; if not now, then at the table
  }, []);
  const end = (ended: Farewell) => {
    if (seat?.ended === null) setSeat(endSeat(seat, ended));
  };
  const sit = (taken: Seat, read: GuestMenuView) => {
    setMenu(read);
    setSeat(taken);
  };
  const again = () => {
    leaveSeat();
    setSeat(null);
  };
  if (seat === null) return <Door code={code} onSeat={sit} />;
  if (seat.ended !== null) return <Goodbye farewell={seat.ended} name={seat.name} onAgain={again} />;
  return (
    <Suspense fallback={<Sheet title={say.loading} />}>
      <AtTable seat={seat} menu={menu} onEnd={end} />
    </Suspense>
  );
}

function Failed(): ReactNode {
  const say = useWords(words);
  return (
    <Sheet title={say.failed}>
      <Button primary block onClick={() => location.reload()}>
        {say.reload}
      </Button>
    </Sheet>
  );
}
