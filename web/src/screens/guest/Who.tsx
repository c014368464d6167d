import type { GuestView } from "@restai/sdk/types";
import type { ReactNode } from "react";
import { useWords } from "../../lib/language.ts";
import { useVisit } from "./useVisit.ts";
import { words } from "./words.ts";

/** People are told apart by them, and by their letter. */
const COLOURS = ["bg-ok", "bg-info", "bg-violet", "bg-accent", "bg-warn", "bg-ink-2"];
const MOST = 4; // shown side by side: the rest is a number

/** The phones of a party, beside each other. */
export function Who({ guests }: { guests: readonly GuestView[] }): ReactNode {
  const say = useWords(words);
  const shown = guests.length > MOST ? guests.slice(0, MOST - 1) : guests;
  return (
    <span className="flex items-center">
      <span className="sr-only">{say.party(guests.map(({ name }) => name))}</span>
      <span className="flex">
        {shown.map((guest) => (
          <Face key={guest.id} guestId={guest.id} name={guest.name} className="-ml-1.5 first:ml-0" />
        ))}
      </span>
      {guests.length > shown.length && (
        <span aria-hidden className="ml-1 text-sm font-bold text-ink-2">
          +{guests.length - shown.length}
        </span>
      )}
    </span>
  );
}

interface FaceProps {
  guestId: string;
  name: string;
  className?: string;
}

export function Face({ guestId, name, className = "" }: FaceProps): ReactNode {
  const { snapshot } = useVisit();
  const place = snapshot.session.guests.findIndex(({ id }) => id === guestId);
  const colour = COLOURS[Math.max(0, place) % COLOURS.length];
  return (
    <span
      aria-hidden
      className={`grid size-6.5 shrink-0 place-items-center rounded-full text-xs font-extrabold text-white ${colour} ${className}`}
    >
      {[...name][0]?.toUpperCase()}
    </span>
  );
}
