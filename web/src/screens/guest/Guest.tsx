/** From a scanned code to the goodbye: what a phone shows follows from where it sits. */

import { type QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { Redirect, Route, Switch } from "wouter";
import type { Database } from "../../lib/database.ts";
import { useWords } from "../../lib/language.ts";
import { Button } from "../../ui/Button.tsx";
import { Guarded } from "../../ui/Guarded.tsx";
import { AtTable } from "./AtTable.tsx";
import { CodeEntry } from "./CodeEntry.tsx";
import { Door } from "./Door.tsx";
import { Goodbye } from "./Goodbye.tsx";
import { Sheet } from "./Page.tsx";
import { codeIn, type Farewell, keepSeat, leaveSeat, type Seat, seatAt, seatOf } from "./seat.ts";
import { words } from "./words.ts";

interface Props {
  queries: QueryClient;
  database: Database;
}

export function Guest(props: Props): ReactNode {
  return (
    <QueryClientProvider client={props.queries}>
      <Guarded instead={<Failed />}>
        <Switch>
          <Route path="/t/:code" nest>
            {({ code }) => <Table key={codeIn(code)} code={codeIn(code)} {...props} />}
          </Route>
          <Route>
            <Entrance />
          </Route>
        </Switch>
      </Guarded>
    </QueryClientProvider>
  );
}

/** Without a code: back to where this phone sits, or the code is typed. */
function Entrance(): ReactNode {
  const seat = seatOf();
  return seat === null ? <CodeEntry /> : <Redirect to={`/t/${seat.code}`} replace />;
}

function Table({ code, queries, database }: Props & { code: string }): ReactNode {
  const [seat, setSeat] = useState(() => seatAt(code));
  const sit = (taken: Seat) => {
    void database.clear("snapshots"); // of another table, if this phone has left it without a word
    setSeat(taken);
  };
  const end = (ended: Farewell) => {
    if (seat === null || seatOf()?.ended) return; // what came first says best how it ended
    const left = { ...seat, ended };
    keepSeat(left);
    queries.clear(); // or what was shown last would be kept once more
    setSeat(left);
    void forget(database, seat);
  };
  const again = () => {
    leaveSeat();
    queries.clear();
    setSeat(null);
  };
  if (seat === null) return <Door code={code} onSeat={sit} />;
  if (seat.ended !== null) return <Goodbye farewell={seat.ended} name={seat.name} onAgain={again} />;
  return <AtTable {...{ seat, queries, database }} onEnd={end} />;
}

/** Nothing of a visit that is over stays on the phone. */
async function forget(database: Database, { guestId }: Seat): Promise<void> {
  await database.clear("snapshots");
  const commands = await database.getAll("commands");
  const theirs = commands.filter(({ principal }) => principal === `guest ${guestId}`);
  await Promise.all(theirs.map(({ id }) => database.delete("commands", id)));
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
