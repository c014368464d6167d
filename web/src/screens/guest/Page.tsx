/** The frame of the screens of a visit. */

import type { ReactNode } from "react";
import { Link } from "wouter";
import { useWords } from "../../lib/language.ts";
import { useFreshness, useUnsent } from "../../live/hooks.ts";
import { Connection } from "../../ui/Connection.tsx";
import { Bar } from "./frames.tsx";
import { words } from "./words.ts";

interface PageProps {
  title: string;
  /** Beside the title. */
  aside?: ReactNode;
  /** The one next action, always in reach. */
  bar?: ReactNode;
  children: ReactNode;
}

/** A screen of a visit, on the way back to the menu. */
export function Page({ title, aside, bar, children }: PageProps): ReactNode {
  const say = useWords(words);
  return (
    <div className="mx-auto flex min-h-dvh max-w-xl flex-col bg-paper text-ink">
      <header className="sticky top-0 z-10 bg-paper">
        <div className="flex flex-wrap items-center justify-end gap-x-2 gap-y-1 py-2 pr-4 pl-1.5">
          <Link
            href="/"
            aria-label={say.toMenu}
            className="mr-auto grid size-11 place-items-center rounded-control text-3xl leading-none"
          >
            <span aria-hidden>‹</span>
          </Link>
          <h1
            tabIndex={-1}
            className="min-w-0 flex-[1_1_8rem] font-serif text-2xl font-semibold tracking-tight outline-none max-[23rem]:text-[22px] [overflow-wrap:anywhere]"
          >
            {title}
          </h1>
          {aside}
          <Connection brief />
        </div>
        <Stale />
      </header>
      <main className="flex flex-1 flex-col gap-3 px-4 pt-1 pb-6">{children}</main>
      {bar !== undefined && <Bar>{bar}</Bar>}
    </div>
  );
}

/** Where the menu will be. */
export function ReadingMenu(): ReactNode {
  const say = useWords(words);
  return (
    <p role="status" className="flex flex-wrap items-center justify-between gap-3 p-5 text-lg text-ink-2">
      {say.readingMenu} <Connection brief />
    </p>
  );
}

/** What a phone without a network must say of itself. */
export function Stale(): ReactNode {
  const say = useWords(words);
  const { state } = useFreshness();
  const waiting = useUnsent().length > 0;
  if (state !== "offline") return null;
  return (
    <p role="status" className="bg-warn-soft px-4 py-2 text-[15px] font-semibold text-warn">
      {waiting ? say.staleAndKept : say.stale}
    </p>
  );
}
