import type { Freshness } from "@restai/sdk";
import type { ReactNode } from "react";
import { type Dictionary, useLanguage, useWords } from "../lib/language.ts";
import { SECOND, timeOfDay } from "../lib/time.ts";
import { useFreshness, useServerNow, useSnapshot, useUnsent } from "../live/hooks.ts";
import { Pill, type Tone } from "./Pill.tsx";

const en = {
  live: "Live",
  catching_up: "Catching up",
  reconnecting: "Reconnecting",
  offline: "Offline",
  confirmed: (seconds: number) => `· ${seconds} s`,
  since: (time: string) => `since ${time}`,
  unsent: (count: number) => `${count} not sent yet`,
};

const words: Dictionary<typeof en> = {
  en,
  es: {
    live: "En vivo",
    catching_up: "Poniéndose al día",
    reconnecting: "Reconectando",
    offline: "Sin conexión",
    confirmed: (seconds) => `· ${seconds} s`,
    since: (time) => `desde ${time}`,
    unsent: (count) => `${count} sin enviar`,
  },
};

const TONES: Record<Freshness["state"], Tone> = {
  live: "ok",
  catching_up: "warn",
  reconnecting: "warn",
  offline: "late",
};

interface Props {
  /** Without the seconds, which a guest need not count. */
  brief?: boolean;
}

/**
 * How far what is shown can be trusted, and what has not left this device. On every screen, always; read
 * out when it changes, without what passes with each second.
 */
export function Connection({ brief = false }: Props): ReactNode {
  const say = useWords(words);
  const language = useLanguage();
  const freshness = useFreshness();
  const unsent = useUnsent().length;
  const now = useServerNow();
  const zone = useSnapshot((snapshot) => snapshot?.branch.timeZone);

  function detail(): string {
    const seconds = Math.max(0, Math.floor((freshness.confirmedAgo ?? 0) / SECOND));
    if (freshness.state === "live") return brief ? "" : ` ${say.confirmed(seconds)}`;
    if (freshness.state !== "offline") return "";
    return ` ${say.since(timeOfDay(now - (freshness.lostAgo ?? 0), zone, language))}`;
  }

  return (
    <span
      className="inline-flex flex-wrap gap-x-2 gap-y-1"
      data-state={freshness.state}
      data-unsent={unsent > 0 || undefined}
    >
      {unsent > 0 && <Pill tone="warn">{say.unsent(unsent)}</Pill>}
      <Pill tone={TONES[freshness.state]} dot>
        <span>
          <span role="status">{say[freshness.state]}</span>
          {detail()}
        </span>
      </Pill>
    </span>
  );
}
