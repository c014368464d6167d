import type { Welcome } from "@restai/sdk/types";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useId, useState } from "react";
import { Problem } from "../../api/http.ts";
import { useWords } from "../../lib/language.ts";
import { keys } from "../../live/keys.ts";
import { Button } from "../../ui/Button.tsx";
import { Carte } from "./Carte.tsx";
import { CodeEntry } from "./CodeEntry.tsx";
import { Bar, Hero, OtherLanguage, Sheet } from "./frames.tsx";
import { join, lastName, readWelcome, type Seat } from "./seat.ts";
import { type GuestWords, words } from "./words.ts";

interface Props {
  code: string;
  onSeat: (seat: Seat) => void;
}

/** Before one sits down: the house, its menu, and one's name. */
export function Door({ code, onSeat }: Props): ReactNode {
  const say = useWords(words);
  const queries = useQueryClient();
  const { data, error, failureCount } = useQuery({
    queryKey: ["welcome", code],
    queryFn: () => readWelcome(code),
    retry: (_count, problem) => !isFinal(problem),
    gcTime: 0,
  });
  if (error !== null) return <CodeEntry trouble={say.unknownCode} />;
  if (data === undefined) return <Sheet title={failureCount > 0 ? say.unreachable : say.loading} />;
  const sit = (seat: Seat) => {
    queries.setQueryData(keys.menu(seat.branchId), data.menu);
    onSeat(seat);
  };
  const { branch, table, menu } = data;
  return (
    <div className="mx-auto flex min-h-dvh max-w-xl flex-col bg-paper text-ink">
      <Hero house={branch.name} table={say.table(table.number)} />
      <main className="flex flex-1 flex-col">
        <Carte menu={menu} currency={branch.currency} />
        <OtherLanguage />
      </main>
      <Bar>
        <Name code={code} welcome={data} onSeat={sit} />
      </Bar>
    </div>
  );
}

/** No table has the code: to ask again would be in vain. */
function isFinal(error: unknown): boolean {
  return error instanceof Problem && (error.status === 404 || error.status === 422);
}

function Name({ code, welcome, onSeat }: Props & { welcome: Welcome }): ReactNode {
  const say = useWords(words);
  const id = useId();
  const [trouble, setTrouble] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get("name")).trim();
    if (name === "") return;
    setBusy(true);
    setTrouble(null);
    try {
      onSeat(await join(code, name, welcome));
    } catch (error) {
      setTrouble(told(error, say));
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
          {trouble}
        </p>
      )}
    </form>
  );
}

function told(error: unknown, say: GuestWords): string {
  if (!(error instanceof Problem)) return say.noAnswer;
  if (error.code === "table_unavailable") return say.tableUnavailable;
  return error.status === 429 ? say.tooOften : say.cannot;
}
