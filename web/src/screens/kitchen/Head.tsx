import type { BranchView } from "@restai/sdk/types";
import type { FocusEvent, KeyboardEvent, ReactNode } from "react";
import { useLanguage, useWords } from "../../lib/language.ts";
import { timeOfDay } from "../../lib/time.ts";
import { useServerNow } from "../../live/hooks.ts";
import { Connection } from "../../ui/Connection.tsx";
import { Pill } from "../../ui/Pill.tsx";
import { nameOf } from "./naming.ts";
import { ageOf } from "./rules/ages.ts";
import type { Wall } from "./rules/tickets.ts";
import type { Settings } from "./useSettings.ts";
import { words } from "./words.ts";

interface Props {
  branch: BranchView;
  wall: Wall;
  settings: Settings;
  onChange: (change: Partial<Settings>) => void;
  onSettings: () => void;
  /** What is to be said across the whole width. */
  children: ReactNode;
}

export function Head({ branch, wall, settings, onChange, onSettings, children }: Props): ReactNode {
  const say = useWords(words);
  const language = useLanguage();
  const now = useServerNow();
  const late = wall.tickets.filter((ticket) => ageOf(now - ticket.since, settings) === "late").length;
  const rush = wall.tickets.filter((ticket) => ticket.order.priority).length;
  return (
    <header className="sticky top-0 z-10 flex flex-wrap items-center gap-x-3.5 gap-y-2 border-b border-line bg-sunken px-5 py-2">
      <h1 className="text-xl font-bold tracking-tight">{nameOf(settings, say.kitchen)}</h1>
      <Choice
        label={say.stations}
        all={say.allStations}
        options={branch.stations.map((name) => ({ value: name, name }))}
        chosen={settings.stations}
        onChoose={(stations) => onChange({ stations })}
      />
      {branch.spaces.length > 0 && (
        <Choice
          label={say.spaces}
          all={say.allSpaces}
          options={[
            ...branch.spaces.map(({ id, name }) => ({ value: id, name })),
            { value: "", name: say.noSpace },
          ]}
          chosen={settings.spaces}
          onChoose={(spaces) => onChange({ spaces })}
        />
      )}
      {wall.hidden > 0 && <Pill>{say.hidden(wall.hidden)}</Pill>}
      <span className="ml-auto flex flex-wrap items-center gap-x-3.5 gap-y-1.5">
        <Pill>{say.open(wall.tickets.length)}</Pill>
        {late > 0 && (
          <Pill tone="late">
            <span aria-hidden>▲</span> {say.late(late)}
          </Pill>
        )}
        {rush > 0 && <Pill tone="violet">{say.rushCount(rush)}</Pill>}
        <Connection />
        <button
          type="button"
          aria-label={say.settings}
          className="grid size-11 place-items-center rounded-control text-xl text-ink-2"
          onClick={onSettings}
        >
          <span aria-hidden>⚙</span>
        </button>
        <time className="text-xl font-bold">{timeOfDay(now, branch.timeZone, language)}</time>
      </span>
      {children}
    </header>
  );
}

interface ChoiceProps {
  label: string;
  all: string;
  options: { value: string; name: string }[];
  chosen: readonly string[] | null;
  onChoose: (chosen: string[] | null) => void;
}

/** Any number of a few things: none of them chosen is all of them. */
function Choice({ label, all, options, chosen, onChoose }: ChoiceProps): ReactNode {
  const names = options.filter(({ value }) => chosen?.includes(value)).map(({ name }) => name);
  const toggle = (value: string) => {
    const rest = (chosen ?? []).filter((each) => each !== value);
    const next = chosen?.includes(value) ? rest : [...rest, value];
    onChoose(next.length === 0 ? null : next);
  };
  return (
    // It takes the focus wherever it is pressed: on a name too, which then does not look like outside.
    <details tabIndex={-1} className="relative" onBlur={closeOutside} onKeyDown={closeOnEscape}>
      <summary className="flex min-h-11 list-none items-center rounded-control px-2 text-[13px] font-semibold text-ink-2">
        <span className="sr-only">{label}: </span>
        {chosen === null ? all : names.join(", ")} <span aria-hidden>&nbsp;▾</span>
      </summary>
      <fieldset className="absolute top-full left-0 z-10 min-w-52 rounded-card border border-line bg-card p-2 shadow-2xl">
        <legend className="sr-only">{label}</legend>
        <Check name={all} checked={chosen === null} onCheck={() => onChoose(null)} />
        {options.map(({ value, name }) => (
          <Check
            key={value}
            name={name}
            checked={chosen?.includes(value) ?? false}
            onCheck={() => toggle(value)}
          />
        ))}
      </fieldset>
    </details>
  );
}

function Check(props: { name: string; checked: boolean; onCheck: () => void }): ReactNode {
  return (
    <label className="flex min-h-11 items-center gap-3 rounded-control px-3 font-semibold">
      <input
        type="checkbox"
        className="size-5 accent-info"
        checked={props.checked}
        onChange={props.onCheck}
      />
      {props.name}
    </label>
  );
}

function closeOnEscape(event: KeyboardEvent<HTMLDetailsElement>): void {
  if (event.key !== "Escape") return;
  event.currentTarget.open = false;
  event.currentTarget.querySelector("summary")?.focus();
}

function closeOutside(event: FocusEvent<HTMLDetailsElement>): void {
  if (!event.currentTarget.contains(event.relatedTarget)) event.currentTarget.open = false;
}
