import type { Welcome } from "@restai/sdk/types";
import { useEffect, useState } from "react";
import { Problem } from "../../api/http.ts";
import { readWelcome } from "./seat.ts";

/** `unanswered`: not yet, although it was tried; `unknown`: there is no table with this code. */
export type Asked = Welcome | "asking" | "unanswered" | "unknown";

/** ms, full jitter, as the connection's. */
const BACKOFF_BASE = 500;
const BACKOFF_MOST = 20_000;

/**
 * The house and its menu, asked for until there is an answer. By hand: the query cache comes later, with
 * what is live, and the first sight of the menu need not wait for it.
 */
export function useWelcome(code: string): Asked {
  const [asked, setAsked] = useState<Asked>("asking");
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    let isLeft = false;
    async function attempt(failures: number): Promise<void> {
      const answer = await readWelcome(code).catch(failed);
      if (isLeft) return;
      setAsked(answer);
      const wait = Math.random() * Math.min(BACKOFF_MOST, BACKOFF_BASE * 2 ** failures);
      if (answer === "unanswered") timer = setTimeout(() => void attempt(failures + 1), wait);
    }
    setAsked("asking");
    void attempt(0);
    return () => {
      isLeft = true;
      clearTimeout(timer);
    };
  }, [code]);
  return asked;
}

function failed(error: unknown): "unanswered" | "unknown" {
  const isFinal = error instanceof Problem && (error.status === 404 || error.status === 422);
  return isFinal ? "unknown" : "unanswered";
}
