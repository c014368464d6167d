import type { ReactNode } from "react";
import type { Doors } from "../../App.tsx";
import { useWords } from "../../lib/language.ts";
import { useFreshness, useSnapshot } from "../../live/hooks.ts";
import { Connection } from "../../ui/Connection.tsx";
import { Board } from "./Board.tsx";
import { words } from "./words.ts";

export default function Kitchen(doors: Doors): ReactNode {
  const snapshot = useSnapshot();
  return (
    <div className="dark grid min-h-dvh grid-rows-[auto_1fr_auto] bg-paper text-ink lg:h-dvh lg:overflow-hidden">
      {snapshot ? <Board snapshot={snapshot} {...doors} /> : <Waiting />}
    </div>
  );
}

function Waiting(): ReactNode {
  const say = useWords(words);
  const { state } = useFreshness();
  return (
    <>
      <header className="flex items-center justify-between border-b border-line bg-sunken px-5 py-3">
        <h1 className="text-xl font-bold tracking-tight">{say.kitchen}</h1>
        <Connection />
      </header>
      <main className="grid place-items-center p-6">
        <p role="status" className="text-lg text-ink-2">
          {state === "offline" ? say.unreachable : say.loading}
        </p>
      </main>
    </>
  );
}
