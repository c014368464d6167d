/** What a guest's screens are put together from. */

import type { GuestSnapshot } from "@restai/sdk/types";
import type { ReactNode } from "react";
import { chooseLanguage, languageAfter, NAMES, useLanguage, useWords } from "../../lib/language.ts";
import { words } from "./words.ts";

export function Bar({ children }: { children: ReactNode }): ReactNode {
  return (
    <footer className="sticky bottom-0 z-10 flex flex-col gap-2.5 border-t border-line bg-card px-4 pt-3 pb-[max(1rem,env(safe-area-inset-bottom))]">
      {children}
    </footer>
  );
}

/** What is around a visit: a quiet page with one thing to do. */
export function Sheet(props: { title: string; below?: ReactNode; children?: ReactNode }): ReactNode {
  return (
    <main className="mx-auto grid min-h-dvh max-w-xl grid-cols-[minmax(0,1fr)] grid-rows-[1fr_auto] justify-items-center bg-paper px-5 text-ink">
      <div className="flex w-full max-w-sm flex-col justify-center gap-6 py-10">
        <header>
          <h1 className="font-serif text-[32px] leading-tight font-semibold tracking-tight [overflow-wrap:anywhere]">
            {props.title}
          </h1>
          {props.below !== undefined && <p className="mt-2 text-lg text-ink-2">{props.below}</p>}
        </header>
        {props.children}
      </div>
      <OtherLanguage />
    </main>
  );
}

export function OtherLanguage(): ReactNode {
  const other = languageAfter(useLanguage());
  return (
    <button
      type="button"
      lang={other}
      className="min-h-tap self-center px-4 pb-2 text-sm font-semibold text-ink-2"
      onClick={() => chooseLanguage(other)}
    >
      {NAMES[other]}
    </button>
  );
}

/** The house, the table and where that stands, as over its door. */
export function Hero({ branch, table }: Pick<GuestSnapshot, "branch" | "table">): ReactNode {
  const say = useWords(words);
  // What this phone kept, or a server says, of the version before has no spaces.
  const space = branch.spaces?.find(({ id }) => id === table.spaceId);
  return (
    <header className="hero flex min-h-43 flex-col justify-end px-5 pt-8 pb-7 text-white">
      <h1
        tabIndex={-1}
        className="font-serif text-[32px] leading-[1.08] font-semibold tracking-tight outline-none [overflow-wrap:anywhere]"
      >
        {branch.name}
      </h1>
      <p className="mt-1.5 font-medium [overflow-wrap:anywhere]">
        {say.table(table.number)}
        {space !== undefined && ` · ${space.name}`}
      </p>
    </header>
  );
}

export function Card({ className = "", ...rest }: { className?: string; children: ReactNode }): ReactNode {
  return (
    <div
      className={`rounded-card border border-line bg-card px-4 py-3.5 shadow-lift ${className}`}
      {...rest}
    />
  );
}
