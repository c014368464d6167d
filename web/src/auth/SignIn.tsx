import { type Login, SignedOut, Unavailable } from "@restai/sdk";
import { type FormEvent, type ReactNode, useId, useState } from "react";
import { useWords } from "../lib/language.ts";
import { Button } from "../ui/Button.tsx";
import { Doorway } from "./Doorway.tsx";
import { words } from "./words.ts";

type Trouble = "ended" | "wrong" | "tooOften" | "unreachable";

/** `ended`: somebody was signed in here until the server said otherwise. */
export function SignIn({ login, ended }: { login: Login; ended: boolean }): ReactNode {
  const say = useWords(words);
  const [trouble, setTrouble] = useState<Trouble | null>(ended ? "ended" : null);
  const [busy, setBusy] = useState(false);

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setBusy(true);
    setTrouble(null);
    try {
      await login.signIn(String(form.get("email")), String(form.get("password")));
    } catch (error) {
      setTrouble(troubleIn(error));
      setBusy(false);
    }
  }

  return (
    <Doorway title={say.signIn} below={say.toWork}>
      <form onSubmit={submit} className="flex flex-col gap-4">
        <Field label={say.email} name="email" type="email" autoComplete="username" />
        <Field label={say.password} name="password" type="password" autoComplete="current-password" />
        <p role="alert" className="min-h-6 text-[15px] font-medium text-late">
          {trouble !== null && say[trouble]}
        </p>
        <Button primary block type="submit" disabled={busy}>
          {busy ? say.signingIn : say.signIn}
        </Button>
      </form>
    </Doorway>
  );
}

function troubleIn(error: unknown): Trouble {
  if (error instanceof SignedOut) return "wrong";
  if (error instanceof Unavailable && error.status === 429) return "tooOften";
  if (error instanceof Unavailable && error.status === 422) return "wrong";
  return "unreachable";
}

interface FieldProps {
  label: string;
  name: string;
  type: string;
  autoComplete: string;
}

function Field({ label, ...input }: FieldProps): ReactNode {
  const id = useId();
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className="text-sm font-semibold text-ink-2">
        {label}
      </label>
      <input
        id={id}
        required
        {...input}
        className="min-h-12 rounded-control border border-line bg-card px-3.5 text-base shadow-lift"
      />
    </div>
  );
}
