/** The client's side of the protocol, as the transcripts have it: the same files that every SDK runs. */

import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import type { Action } from "../src/actions.ts";
import { Failed, type Json } from "../src/messages.ts";
import { Session } from "../src/session.ts";

const FOLDER = new URL("../../../protocol/transcripts/", import.meta.url);
const NAMES = readdirSync(FOLDER).filter((name) => name.startsWith("client-"));

it.each(NAMES)("a session does what %s says", (name) => {
  const transcript: Json = JSON.parse(readFileSync(new URL(name, FOLDER), "utf-8"));
  const { random, branches, guest, screen } = transcript.client;
  const session = new Session(() => random, { choice: branches, guest, screen });
  for (const [index, step] of transcript.steps.entries()) {
    expect(does(session, step).map(told), `step ${index + 1}: ${step.on}`).toEqual(step.then);
  }
});

function does(session: Session, step: Json): Action[] {
  switch (step.on) {
    case "goesOn":
      session.goesOn(step.branch, step.position);
      return [];
    case "start":
      return session.start(step.at);
    case "opened":
      return session.opened(step.token, step.at);
    case "closed":
      return session.closed(step.code, step.at);
    case "frame":
      return session.frame(step.text ?? JSON.stringify(step.message), step.at);
    case "snapshot":
      return session.snapshot(step.branch, step.ask, answerOf(step), step.at);
    case "renewed":
      return session.renewed(step.token, step.at);
    case "unrenewed":
      return session.unrenewed(step.at);
    case "giveUp":
      return session.giveUp(step.reason, step.at);
    case "wake":
      return session.wake(step.at);
    case "tick":
      return session.tick(step.at);
    default:
      throw new Error(`no transcript says ${step.on}`);
  }
}

function answerOf(step: Json): Json | Failed {
  return step.answer ?? new Failed(step.failed.status, step.failed.retryAfter);
}

/** An action as transcripts write it: a frame as the message in it. */
function told(action: Action): Json {
  return action.do === "send" ? { do: "send", message: JSON.parse(action.text) } : action;
}
