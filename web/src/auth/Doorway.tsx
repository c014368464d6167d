import type { ReactNode } from "react";
import { chooseLanguage, languageAfter, NAMES, useLanguage } from "../lib/language.ts";

/** What stands before the screens: a quiet sheet with one thing to do. */
export function Doorway(props: { title: string; below?: string; children: ReactNode }): ReactNode {
  const other = languageAfter(useLanguage());
  return (
    <main className="grid min-h-dvh grid-rows-[1fr_auto] justify-items-center bg-paper px-5 text-ink">
      <div className="flex w-full max-w-sm flex-col justify-center gap-7 py-10">
        <header className="flex items-center gap-4">
          <img src="/icons/icon.svg" alt="" width="52" height="52" />
          <div>
            <h1 className="text-[26px] leading-tight font-bold tracking-tight">{props.title}</h1>
            {props.below !== undefined && <p className="text-ink-2">{props.below}</p>}
          </div>
        </header>
        {props.children}
      </div>
      <button
        type="button"
        lang={other}
        className="mb-4 min-h-tap px-4 text-sm font-semibold text-ink-2"
        onClick={() => chooseLanguage(other)}
      >
        {NAMES[other]}
      </button>
    </main>
  );
}
