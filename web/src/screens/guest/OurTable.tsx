import type { ReactNode } from "react";
import { Link } from "wouter";
import { useWords } from "../../lib/language.ts";
import { money } from "../../lib/money.ts";
import { Calls } from "./Calls.tsx";
import { Card, OtherLanguage } from "./frames.tsx";
import { Knocks } from "./Knocks.tsx";
import { OrderCards, Sending } from "./OrderCards.tsx";
import { Page } from "./Page.tsx";
import { soFar } from "./rules/bill.ts";
import { partyOf } from "./rules/party.ts";
import { type Mood, moodOf } from "./rules/progress.ts";
import { useVisit } from "./useVisit.ts";
import { Who } from "./Who.tsx";
import { type GuestWords, words } from "./words.ts";

/** What was ordered and how far it is, what it comes to, and somebody to call. */
export function OurTable(): ReactNode {
  const say = useWords(words);
  const { snapshot, sending, lines } = useVisit();
  const { orders, branch, session } = snapshot;
  const newestFirst = [...orders].sort((one, other) => other.createdAt - one.createdAt);
  const nothing = orders.length === 0 && sending.length === 0;
  const bar = (
    <Link
      href="/"
      className="flex min-h-13.5 items-center justify-center rounded-control border border-line bg-card text-[17px] font-semibold"
    >
      {nothing || lines.length > 0 ? say.toMenu : say.orderMore}
    </Link>
  );
  return (
    <Page title={titleOf(moodOf(orders), say)} aside={<Who guests={partyOf(session)} />} bar={bar}>
      <Knocks />
      {sending.length > 0 && <Sending />}
      {nothing && <p className="py-6 text-center text-lg text-ink-2">{say.nothingOrdered}</p>}
      {newestFirst.map((order) => (
        <OrderCards key={order.id} order={order} />
      ))}
      <Calls />
      {orders.length > 0 && <SoFar total={soFar(orders)} currency={branch.currency} />}
      <OtherLanguage />
    </Page>
  );
}

function titleOf(state: Mood, say: GuestWords): string {
  return { unconfirmed: say.ordered, cooking: say.cooking, coming: say.coming, quiet: say.ourTable }[state];
}

function SoFar(props: { total: { total: number; open: number }; currency: string }): ReactNode {
  const say = useWords(words);
  const { total, open } = props.total;
  return (
    <Card>
      <dl className="grid grid-cols-[minmax(0,1fr)_auto] items-baseline gap-x-3 gap-y-1">
        <dt className="text-ink-2">{say.soFar}</dt>
        <dd className="text-xl font-bold" data-total>
          {money(total, props.currency)}
        </dd>
        {open !== total && (
          <>
            <dt className="text-ink-2">{open > 0 ? say.leftToPay : say.paid}</dt>
            <dd className="text-right font-semibold">
              {open > 0 ? money(open, props.currency) : <span aria-hidden>✓</span>}
            </dd>
          </>
        )}
      </dl>
    </Card>
  );
}
