import type { GuestRequestView, RequestKind } from "@restai/sdk/types";
import type { ReactNode } from "react";
import { useWords } from "../../lib/language.ts";
import { useServerTime } from "../../live/hooks.ts";
import { useLive } from "../../live/LiveProvider.tsx";
import { Button } from "../../ui/Button.tsx";
import { Pill } from "../../ui/Pill.tsx";
import { call, neverMind } from "./commands.ts";
import { Card } from "./frames.tsx";
import { useVisit } from "./useVisit.ts";
import { words } from "./words.ts";

const KINDS: readonly RequestKind[] = ["waiter", "bill"];

/** Calling the waiter and asking for the bill, and who is on the way. */
export function Calls(): ReactNode {
  const say = useWords(words);
  const { command } = useLive();
  const { snapshot, underWay } = useVisit();
  const open = snapshot.requests.filter(({ status }) => status === "pending" || status === "acknowledged");
  const calling = new Set(underWay.flatMap(({ effect }) => (effect?.on === "call" ? [effect.kind] : [])));
  const isOpen = (kind: RequestKind) => calling.has(kind) || open.some((each) => each.kind === kind);
  return (
    <>
      <div aria-live="polite" className="contents">
        {KINDS.map((kind) => {
          const request = open.find((each) => each.kind === kind);
          if (request !== undefined) return <Called key={kind} request={request} />;
          return calling.has(kind) && <Calling key={kind} kind={kind} />;
        })}
      </div>
      <div className="grid grid-cols-[repeat(auto-fit,minmax(min(9rem,100%),1fr))] gap-2.5">
        <Button
          className="min-h-13.5"
          disabled={isOpen("waiter")}
          onClick={() => void command(call("waiter"))}
        >
          {say.callWaiter}
        </Button>
        <Button className="min-h-13.5" disabled={isOpen("bill")} onClick={() => void command(call("bill"))}>
          {say.askBill}
        </Button>
      </div>
    </>
  );
}

function Calling({ kind }: { kind: RequestKind }): ReactNode {
  const say = useWords(words);
  return (
    <Card>
      <b>{kind === "bill" ? say.askingBill : say.calling}</b>
    </Card>
  );
}

function Called({ request }: { request: GuestRequestView }): ReactNode {
  const say = useWords(words);
  const { command } = useLive();
  const who = request.acknowledgedBy?.name ?? null;
  const waiting = request.kind === "bill" ? say.billAsked : say.waiterCalled;
  const coming = request.kind === "bill" ? say.billComing : say.isComing;
  return (
    <Card className="flex flex-wrap items-center gap-x-3 gap-y-2">
      <div className="min-w-0 flex-[1_1_10rem]">
        <b id={`call-${request.id}`} className="[overflow-wrap:anywhere]">
          {who === null ? waiting : coming(who)}
        </b>
        <p className="text-sm text-ink-2">
          <Ago request={request} />
        </p>
      </div>
      {who === null ? (
        <Button aria-describedby={`call-${request.id}`} onClick={() => void command(neverMind(request))}>
          {say.neverMind}
        </Button>
      ) : (
        <Pill tone="violet">{say.onItsWay}</Pill>
      )}
    </Card>
  );
}

function Ago({ request }: { request: GuestRequestView }): ReactNode {
  const say = useWords(words);
  const seconds = useServerTime((now) => Math.max(0, Math.floor((now - request.createdAt) / 1_000)));
  return say.calledAgo(seconds);
}
