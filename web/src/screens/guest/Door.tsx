import type { GuestMenuView, Welcome } from "@restai/sdk/types";
import { type FormEvent, type ReactNode, useId, useState } from "react";
import { Problem } from "../../api/http.ts";
import { useWords } from "../../lib/language.ts";
import { Button } from "../../ui/Button.tsx";
import { Carte } from "./Carte.tsx";
import { CodeEntry } from "./CodeEntry.tsx";
import { Bar, Hero, OtherLanguage, Sheet } from "./frames.tsx";
import { join, lastName, type Seat } from "./seat.ts";
import { useWelcome } from "./useWelcome.ts";
import { words } from "./words.ts";

interface Props {
  code: string;
  /** `menu` is what was read here. */
  onSeat: (seat: Seat, menu: GuestMenuView) => void;
}

/** Before one sits down: the house, its menu, and one's name. */
export function Door({ code, onSeat }: Props): ReactNode {
  const say = useWords(words);
  const welcome = useWelcome(code);
  if (welcome === "unknown") return <CodeEntry trouble="unknownCode" />;
  if (welcome === "asking") return <Sheet title={say.loading} />;
  if (welcome === "unanswered") return <Sheet title={say.unreachable} />;
  const { branch, table, menu } = welcome;
  return (
    <div className="mx-auto flex min-h-dvh max-w-xl flex-col bg-paper text-ink">
      <Hero branch={branch} table={table} />
      <main className="flex flex-1 flex-col">
        <Carte menu={menu} currency={branch.currency} />
        <OtherLanguage />
      </main>
      <Bar>
        <Name code={code} welcome={welcome} onSeat={onSeat} />
      </Bar>
    </div>
  );
}

type Trouble = "noAnswer" | "tableUnavailable" | "tooOften" | "cannot";

function Name({ code, welcome, onSeat }: Props & { welcome: Welcome }): ReactNode {
  const say = useWords(words);
  const id = useId();
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const [busy, setBusy] = useState(false);

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get("name")).trim();
    if (name === "") return;
    setBusy(true);
    setTrouble(null);
    try {
      onSeat(await join(code, name, welcome), welcome.menu);
    } catch (error) {
      setTrouble(troubleIn(error));
      setBusy(false);
    }
  }

  return (
    <form onSubmit={submit} className="flex flex-col gap-2">
      <label htmlFor={id} className="font-semibold">
        {say.yourName}
      </label>
      <div className="flex flex-wrap gap-2.5">
        <input
          id={id}
          name="name"
          required
          maxLength={80}
          autoComplete="given-name"
          defaultValue={lastName()}
          className="min-h-13.5 min-w-0 flex-[1_1_10rem] rounded-control border border-line bg-paper px-3.5 text-lg"
        />
        <Button primary type="submit" disabled={busy} className="min-h-13.5 flex-[1_1_auto] text-[17px]">
          {busy ? say.joining : say.join}
        </Button>
      </div>
      {trouble !== null && (
        <p role="alert" className="text-[15px] font-medium text-late">
          {say[trouble]}
        </p>
      )}
    </form>
  );
}

function troubleIn(error: unknown): Trouble {
  if (!(error instanceof Problem)) return "noAnswer";
  if (error.code === "table_unavailable") return "tableUnavailable";
  return error.status === 429 ? "tooOften" : "cannot";
}
