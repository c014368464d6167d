import { type ReactNode, useState } from "react";
import { Link, useLocation } from "wouter";
import { useWords } from "../../lib/language.ts";
import { figure, money } from "../../lib/money.ts";
import { useLive } from "../../live/LiveProvider.tsx";
import { Button } from "../../ui/Button.tsx";
import { putLine, removeLine, sendCart } from "./commands.ts";
import { DishSheet } from "./DishSheet.tsx";
import { useFocusLeft } from "./focus.ts";
import { Card } from "./frames.tsx";
import { Knocks } from "./Knocks.tsx";
import { Page } from "./Page.tsx";
import { billOf } from "./rules/bill.ts";
import { type Priced, priced } from "./rules/cart.ts";
import { partyOf } from "./rules/party.ts";
import { useVisit } from "./useVisit.ts";
import { Face, Who } from "./Who.tsx";
import { words } from "./words.ts";

/** What the party is about to order: everybody's lines, each of which anybody may change. */
export function Cart(): ReactNode {
  const say = useWords(words);
  const { command } = useLive();
  const { snapshot, menu, lines } = useVisit();
  const [, goTo] = useLocation();
  const [editing, setEditing] = useState<string | null>(null);
  const all = priced(lines, menu);
  const edited = all.find(({ line }) => line.id === editing);
  const missing = all.filter(({ soldOut }) => soldOut);
  const send = () => {
    void command(sendCart(lines.map(({ id }) => id)));
    goTo("/table");
  };
  const bar =
    lines.length === 0 ? (
      <Link
        href="/"
        className="flex min-h-13.5 items-center justify-center rounded-control bg-accent text-[17px] font-semibold text-accent-ink"
      >
        {say.toMenu}
      </Link>
    ) : (
      <Button
        primary
        block
        className="min-h-13.5 text-[17px]"
        disabled={missing.length > 0 || menu === undefined}
        onClick={send}
      >
        {say.send}
      </Button>
    );

  return (
    <Page title={say.ourOrder} aside={<Who guests={partyOf(snapshot.session)} />} bar={bar}>
      <Knocks />
      {lines.length === 0 && (
        <div className="grid flex-1 place-content-center gap-1 text-center">
          <p className="text-2xl font-bold tracking-tight">{say.emptyCart}</p>
          <p className="text-ink-2">{say.emptyCartHint}</p>
        </div>
      )}
      {lines.length > 0 && (
        <>
          <Card className="py-1!">
            <ul aria-label={say.ourOrder}>
              {all.map((each) => (
                <CartLine key={each.line.id} of={each} onEdit={() => setEditing(each.line.id)} />
              ))}
            </ul>
          </Card>
          <Totals amount={all.reduce((sum, { amount }) => sum + amount, 0)} />
          {missing.map(({ line, name }) => (
            <SoldOut key={line.id} name={name} onRemove={() => void command(removeLine(line.id))} />
          ))}
          <Card className="border-transparent bg-sunken! text-[14.5px] shadow-none!">
            {say.everyoneSees(snapshot.table.number)}
          </Card>
        </>
      )}
      {edited?.item !== undefined && (
        <DishSheet
          item={edited.item}
          currency={snapshot.branch.currency}
          line={edited.line}
          onPut={(dish) => void command(putLine(edited.line.id, dish))}
          onRemove={() => void command(removeLine(edited.line.id))}
          onClose={() => setEditing(null)}
        />
      )}
    </Page>
  );
}

function CartLine({ of, onEdit }: { of: Priced; onEdit: () => void }): ReactNode {
  const say = useWords(words);
  const { snapshot } = useVisit();
  const row = useFocusLeft<HTMLLIElement>();
  const { line, name, chosen, amount, soldOut } = of;
  const times = line.quantity > 1 ? ` ×${line.quantity}` : "";
  const note = line.notes === null ? [] : [`“${line.notes}”`];
  return (
    <li
      ref={row}
      data-line={line.id}
      className="relative grid grid-cols-[26px_minmax(0,1fr)_auto] items-center gap-2.5 border-b max-[15rem]:grid-cols-[26px_minmax(0,1fr)] border-line py-2.5 font-semibold last:border-0"
    >
      <Face guestId={line.guestId} name={line.guestName} />
      <div className="min-w-0 [overflow-wrap:anywhere]">
        <button
          type="button"
          className={`text-left after:absolute after:inset-0 ${soldOut ? "text-ink-3 line-through" : ""}`}
          onClick={onEdit}
        >
          {name || say.notOnMenu}
          {times}
        </button>
        <small className="block text-[13.5px] font-medium text-ink-2">
          {[line.guestName, ...chosen, ...note].join(" · ")}
          {soldOut && <b className="text-late"> · {say.soldOut}</b>}
        </small>
      </div>
      <span className="max-[15rem]:col-start-2">{figure(amount, snapshot.branch.currency)}</span>
    </li>
  );
}

function SoldOut({ name, onRemove }: { name: string; onRemove: () => void }): ReactNode {
  const say = useWords(words);
  const box = useFocusLeft<HTMLDivElement>();
  return (
    <div
      ref={box}
      role="alert"
      className="flex flex-wrap items-center gap-2.5 rounded-card bg-late-soft py-2 pr-2 pl-4"
    >
      <p className="min-w-0 flex-[1_1_12rem] font-semibold text-late [overflow-wrap:anywhere]">
        {say.soldOutInCart(name || say.notOnMenu)}
      </p>
      <Button onClick={onRemove}>{say.takeOut}</Button>
    </div>
  );
}

function Totals({ amount }: { amount: number }): ReactNode {
  const say = useWords(words);
  const { branch } = useVisit().snapshot;
  const bill = billOf(amount, branch);
  return (
    <Card>
      <dl className="grid grid-cols-[minmax(0,1fr)_auto] gap-x-3 gap-y-1.5">
        <dt>{say.dishes}</dt>
        <dd className="text-right">{figure(bill.dishes, branch.currency)}</dd>
        {bill.tax > 0 && (
          <>
            <dt className="text-sm text-ink-2">{branch.pricesIncludeTax ? say.taxIncluded : say.tax}</dt>
            <dd className="text-right text-sm text-ink-2">{figure(bill.tax, branch.currency)}</dd>
          </>
        )}
        <dt className="mt-1.5 text-xl font-bold">{say.total}</dt>
        <dd className="mt-1.5 text-right text-xl font-bold">{money(bill.total, branch.currency)}</dd>
      </dl>
    </Card>
  );
}
