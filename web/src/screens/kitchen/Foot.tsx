import type { ReactNode } from "react";
import { useWords } from "../../lib/language.ts";
import { Key } from "./Ticket.tsx";
import type { Sounding } from "./useSounds.ts";
import { words } from "./words.ts";

interface Props {
  sounding: Sounding;
  sound: boolean;
  awake: boolean;
  may86: boolean;
}

export function Foot({ sounding, sound, awake, may86 }: Props): ReactNode {
  const say = useWords(words);
  const keys = [
    ["1–9", say.keySelect],
    ["Enter", say.keyBump],
    ["U", say.keyUndo],
    ["R", say.keyRecall],
    ["S", say.keyRush],
    ["A", say.keyAllDay],
    ...(may86 ? [["X", say.key86] as const] : []),
  ] as const;
  const heard = sounding.allowed ? say.soundOn : say.tapForSound;
  return (
    <footer className="flex flex-wrap gap-x-5.5 gap-y-1 border-t border-line px-5 py-2.5 text-[13px] text-ink-3">
      {keys.map(([key, does]) => (
        <span key={key} className="hidden items-center gap-1.5 lg:flex">
          <Key name={key} /> {does}
        </span>
      ))}
      <span className="ml-auto" data-ringing={sounding.ringing ?? ""}>
        <span className={sound && !sounding.allowed ? "font-semibold text-warn" : ""}>
          {sound ? heard : say.soundOff}
        </span>
        {" · "}
        {awake ? say.awake : say.sleeps}
      </span>
    </footer>
  );
}
