import type { ItemView } from "@restai/sdk/types";
import type { ReactNode } from "react";
import { useWords } from "../../lib/language.ts";
import { Button } from "../../ui/Button.tsx";
import { allDay, type Ticket } from "./rules/tickets.ts";
import { words } from "./words.ts";

interface Props {
  tickets: readonly Ticket[];
  soldOut: readonly ItemView[];
  /** Whether this person may say what is sold out. */
  may86: boolean;
  on86: () => void;
  onRecall: () => void;
  onRestore: (item: ItemView) => void;
}

export function Aside({ tickets, soldOut, may86, on86, onRecall, onRestore }: Props): ReactNode {
  const say = useWords(words);
  const counts = allDay(tickets);
  return (
    <aside className="shrink-0 border-line bg-sunken p-4 max-lg:border-t lg:w-[250px] lg:overflow-auto lg:border-l">
      <h2 className="mb-2.5 text-[13px] font-bold tracking-widest text-ink-3 uppercase">{say.allDay}</h2>
      {counts.length === 0 && <p className="text-ink-2">{say.nothingToMake}</p>}
      <ul>
        {counts.map(({ name, count }) => (
          <li key={name} className="flex justify-between gap-3 border-b border-line py-2 font-semibold">
            <span className="min-w-0 [overflow-wrap:anywhere]">{name}</span>
            <b className="text-[22px] leading-none font-bold">{count}</b>
          </li>
        ))}
      </ul>
      <h2 className="mt-6.5 mb-2.5 text-[13px] font-bold tracking-widest text-ink-3 uppercase">
        {say.soldOut}
      </h2>
      {soldOut.length === 0 && <p className="text-ink-2">{say.nothingSoldOut}</p>}
      <ul>
        {soldOut.map((item) => (
          <li
            key={item.id}
            className="flex items-center justify-between gap-2 border-b border-line font-semibold"
          >
            <span className="min-w-0 py-2 text-late [overflow-wrap:anywhere]">{item.name}</span>
            {may86 && (
              <button
                type="button"
                aria-label={say.restoreDish(item.name)}
                className="min-h-tap-kitchen px-2.5 text-[13px] font-semibold text-ink-2"
                onClick={() => onRestore(item)}
              >
                {say.restore}
              </button>
            )}
          </li>
        ))}
      </ul>
      {may86 && (
        <Button block className="mt-3 min-h-tap-kitchen" onClick={on86}>
          {say.eightySix}
        </Button>
      )}
      <Button block className="mt-3 min-h-tap-kitchen" onClick={onRecall}>
        {say.recall}
      </Button>
    </aside>
  );
}
