import type { ReactNode } from "react";
import { useWords } from "../../lib/language.ts";
import { Button } from "../../ui/Button.tsx";
import { Sheet } from "./frames.tsx";
import type { Farewell } from "./seat.ts";
import { type GuestWords, words } from "./words.ts";

interface Props {
  farewell: Farewell;
  name: string;
  onAgain: () => void;
}

/** A visit that is over, said kindly. */
export function Goodbye({ farewell, name, onAgain }: Props): ReactNode {
  const say = useWords(words);
  const { title, below } = said(farewell, name, say);
  return (
    <Sheet title={title} below={below}>
      {farewell.total !== null && farewell.how === "completed" && (
        <dl className="flex flex-wrap items-baseline justify-between gap-x-4 rounded-card border border-line bg-card px-4 py-3.5 shadow-lift">
          <dt className="text-ink-2">{say.yourVisit}</dt>
          <dd className="text-xl font-bold">{farewell.total}</dd>
        </dl>
      )}
      <Button block className="min-h-13.5" onClick={onAgain}>
        {farewell.how === "rejected" ? say.askAgain : say.sitAgain}
      </Button>
    </Sheet>
  );
}

function said({ how, reason, branch }: Farewell, name: string, say: GuestWords) {
  switch (how) {
    case "completed":
      return { title: say.thanks(name), below: branch === "" ? undefined : say.seeYou(branch) };
    case "rejected":
      if (reason === "expired") return { title: say.notSeated, below: say.nobodyCame };
      return { title: say.notSeated, below: reason ?? say.askStaff };
    case "removed":
      return { title: say.signedOff, below: say.askStaff };
    default:
      return { title: say.over, below: say.overHint };
  }
}
