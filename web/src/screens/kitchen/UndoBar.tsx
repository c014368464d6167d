import type { ReactNode } from "react";
import { useWords } from "../../lib/language.ts";
import { SECOND } from "../../lib/time.ts";
import { useTick } from "../../live/tick.ts";
import { Key } from "./Ticket.tsx";
import type { Undo } from "./useBumping.ts";
import { words } from "./words.ts";

/** For a moment after a bump: it was the wrong ticket. */
export function UndoBar({ undo, onUndo }: { undo: Undo; onUndo: () => void }): ReactNode {
  const say = useWords(words);
  useTick();
  const left = Math.max(1, Math.ceil((undo.until - performance.now()) / SECOND));
  return (
    <div
      role="status"
      className="fixed bottom-14 left-1/2 z-20 flex -translate-x-1/2 items-center gap-4 rounded-card border border-line bg-card py-2 pr-2 pl-5 text-lg font-semibold shadow-2xl"
    >
      {say.bumped(undo.order.orderNumber)}
      <button
        type="button"
        className="flex min-h-tap-kitchen items-center gap-3 rounded-control bg-sunken px-5 font-bold text-info"
        onClick={onUndo}
      >
        {say.undo}{" "}
        <span aria-hidden className="font-semibold text-ink-2">
          {say.undoIn(left)}
        </span>{" "}
        <Key name="U" />
      </button>
    </div>
  );
}
