import type { GuestView } from "@restai/sdk/types";
import type { ReactNode } from "react";
import { useWords } from "../../lib/language.ts";
import { useLive } from "../../live/LiveProvider.tsx";
import { Button } from "../../ui/Button.tsx";
import { letIn } from "./commands.ts";
import { useFocusLeft } from "./focus.ts";
import { knocking } from "./rules/party.ts";
import { useVisit } from "./useVisit.ts";
import { words } from "./words.ts";

/** Other phones that ask to sit at this table. Who does not know them leaves them to the staff. */
export function Knocks(): ReactNode {
  const { snapshot, underWay, passedOver } = useVisit();
  const admitted = new Set(
    underWay.flatMap(({ effect }) => (effect?.on === "guest" ? [effect.guestId] : [])),
  );
  const guests = knocking(snapshot.session).filter(({ id }) => !admitted.has(id) && !passedOver.includes(id));
  return (
    <div aria-live="polite" className="contents">
      {guests.map((guest) => (
        <Knock key={guest.id} guest={guest} />
      ))}
    </div>
  );
}

function Knock({ guest }: { guest: GuestView }): ReactNode {
  const say = useWords(words);
  const { command } = useLive();
  const { passOver } = useVisit();
  const box = useFocusLeft<HTMLDivElement>();
  return (
    <div
      ref={box}
      data-knock={guest.name}
      className="flex flex-wrap items-center gap-2.5 rounded-card bg-info-soft py-2 pr-2 pl-4"
    >
      <p className="min-w-0 flex-[1_1_10rem] font-semibold text-info [overflow-wrap:anywhere]">
        {say.knocks(guest.name)}
      </p>
      <div className="ml-auto flex gap-2.5">
        <Button onClick={() => passOver(guest)} aria-label={say.notMine(guest.name)}>
          {say.notNow}
        </Button>
        <Button onClick={() => void command(letIn(guest))} aria-label={say.letInWho(guest.name)}>
          {say.letIn}
        </Button>
      </div>
    </div>
  );
}
