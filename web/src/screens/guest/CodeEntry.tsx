import { type FormEvent, type ReactNode, useId, useState } from "react";
import { useLocation } from "wouter";
import { useWords } from "../../lib/language.ts";
import { Button } from "../../ui/Button.tsx";
import { Sheet } from "./frames.tsx";
import { readCode } from "./rules/code.ts";
import { words } from "./words.ts";

type Trouble = "noCode" | "unknownCode";

/** For phones without a camera: the letters under the table's QR code. */
export function CodeEntry({ trouble = null }: { trouble?: Trouble | null }): ReactNode {
  const say = useWords(words);
  const id = useId();
  const [, goTo] = useLocation();
  const [said, setSaid] = useState(trouble);

  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const code = readCode(String(new FormData(event.currentTarget).get("code")));
    if (code === null) setSaid("noCode");
    else goTo(`~/t/${code}`);
  }

  return (
    <Sheet title={say.codeTitle} below={say.codeHint}>
      <form onSubmit={submit} className="flex flex-col gap-4">
        <div className="flex flex-col gap-1.5">
          <label htmlFor={id} className="text-sm font-semibold text-ink-2">
            {say.code}
          </label>
          <input
            id={id}
            name="code"
            required
            placeholder="ABCD-1234"
            autoComplete="off"
            autoCapitalize="characters"
            spellCheck={false}
            className="min-h-14 w-full rounded-control border border-line bg-card px-4 text-2xl font-bold tracking-widest uppercase shadow-lift placeholder:text-ink-3"
          />
        </div>
        <p role="alert" className="min-h-6 text-[15px] font-medium text-late">
          {said !== null && say[said]}
        </p>
        <Button primary block type="submit" className="min-h-13.5 text-[17px]">
          {say.toTable}
        </Button>
      </form>
    </Sheet>
  );
}
