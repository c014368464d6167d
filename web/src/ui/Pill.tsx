import type { ReactNode } from "react";

export type Tone = "plain" | "ok" | "warn" | "late" | "info" | "violet";

const TONES: Record<Tone, string> = {
  plain: "bg-sunken text-ink-2",
  ok: "bg-ok-soft text-ok",
  warn: "bg-warn-soft text-warn",
  late: "bg-late-soft text-late",
  info: "bg-info-soft text-info",
  violet: "bg-violet-soft text-violet",
};

interface Props {
  tone?: Tone;
  dot?: boolean;
  children: ReactNode;
}

export function Pill({ tone = "plain", dot = false, children }: Props): ReactNode {
  return (
    <span
      className={`inline-flex items-center gap-1.5 rounded-full px-2.5 py-1 text-[13px] font-semibold whitespace-nowrap ${TONES[tone]}`}
    >
      {dot && <i aria-hidden className="size-2 rounded-full bg-current" />}
      {children}
    </span>
  );
}
