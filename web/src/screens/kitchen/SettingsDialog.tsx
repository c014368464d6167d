import { type ReactNode, useId } from "react";
import type { Doors } from "../../App.tsx";
import { chooseLanguage, languageAfter, NAMES, useLanguage, useWords } from "../../lib/language.ts";
import { Button } from "../../ui/Button.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import type { Settings } from "./useSettings.ts";
import { words } from "./words.ts";

interface Props extends Doors {
  settings: Settings;
  onChange: (change: Partial<Settings>) => void;
  onClose: () => void;
}

const LONGEST = 120; // minutes

export function SettingsDialog({ settings, onChange, onClose, onOther, onSignOut }: Props): ReactNode {
  const say = useWords(words);
  const language = useLanguage();
  return (
    <Dialog title={say.settings} close={say.close} onClose={onClose}>
      <div className="flex flex-col gap-4">
        <Field
          label={say.screenName}
          value={settings.name}
          onInput={(name) => onChange({ name: name.slice(0, 40) })}
        />
        <div className="grid grid-cols-2 gap-4">
          <Field
            label={say.dueAfter}
            minutes
            value={String(settings.due)}
            onInput={(text) => onChange({ due: minutes(text, settings.due) })}
          />
          <Field
            label={say.lateAfter}
            minutes
            value={String(settings.late)}
            onInput={(text) => onChange({ late: minutes(text, settings.late) })}
          />
        </div>
        <Button block aria-pressed={settings.sound} onClick={() => onChange({ sound: !settings.sound })}>
          {settings.sound ? say.soundOn : say.soundOff}
        </Button>
        <Button block onClick={() => chooseLanguage(languageAfter(language))}>
          {say.language}: {NAMES[language]}
        </Button>
        {onOther !== null && (
          <Button block onClick={onOther}>
            {say.otherBranch}
          </Button>
        )}
        <Button block onClick={onSignOut}>
          {say.signOut}
        </Button>
      </div>
    </Dialog>
  );
}

function minutes(text: string, otherwise: number): number {
  const value = Number.parseInt(text, 10);
  return value >= 1 && value <= LONGEST ? value : otherwise;
}

interface FieldProps {
  label: string;
  value: string;
  minutes?: boolean;
  onInput: (text: string) => void;
}

function Field({ label, value, minutes: isMinutes = false, onInput }: FieldProps): ReactNode {
  const id = useId();
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className="text-sm font-semibold text-ink-2">
        {label}
      </label>
      <input
        id={id}
        type={isMinutes ? "number" : "text"}
        min={isMinutes ? 1 : undefined}
        max={isMinutes ? LONGEST : undefined}
        defaultValue={value}
        onChange={(event) => onInput(event.target.value)}
        className="min-h-12 w-full rounded-control border border-line bg-sunken px-3.5"
      />
    </div>
  );
}
