import type { GuestItemView } from "@restai/sdk/types";
import { type ReactNode, useCallback, useLayoutEffect, useMemo, useState } from "react";
import { Link } from "wouter";
import { newId } from "../../lib/ids.ts";
import { useWords } from "../../lib/language.ts";
import { money } from "../../lib/money.ts";
import { useLive } from "../../live/LiveProvider.tsx";
import { Connection } from "../../ui/Connection.tsx";
import { Carte } from "./Carte.tsx";
import { putLine } from "./commands.ts";
import { DishSheet } from "./DishSheet.tsx";
import { Bar, Hero } from "./frames.tsx";
import { Knocks } from "./Knocks.tsx";
import { ReadingMenu, Stale } from "./Page.tsx";
import { billOf } from "./rules/bill.ts";
import { counted, priced, sameAgain } from "./rules/cart.ts";
import { partyOf } from "./rules/party.ts";
import { isAwaited, moodOf } from "./rules/progress.ts";
import { useVisit } from "./useVisit.ts";
import { Who } from "./Who.tsx";
import { words } from "./words.ts";

/** The menu of a party that is in: a tap puts a dish into the cart that all of them share. */
export function Menu(): ReactNode {
  const { command } = useLive();
  const visit = useVisit();
  const { snapshot, menu, me, lines, linesNow, menuTop } = visit;
  const { branch, table } = snapshot;
  const [picked, setPicked] = useState<string | null>(null);
  const item = picked === null ? undefined : visit.items.get(picked);
  const counts = useMemo(() => counted(lines), [lines]);

  const pick = useCallback((dish: GuestItemView) => setPicked(dish.id), []);
  const add = useCallback(
    (dish: GuestItemView) => {
      if (dish.modifierGroups.length > 0) return setPicked(dish.id);
      const again = sameAgain(linesNow(), dish.id, me);
      const quantity = (again?.quantity ?? 0) + 1;
      void command(putLine(again?.id ?? newId(), { menuItemId: dish.id, quantity }));
    },
    [command, linesNow, me],
  );

  useLayoutEffect(() => {
    scrollTo(0, menuTop.current);
    return () => {
      menuTop.current = scrollY;
    };
  }, [menuTop]);

  return (
    <div className="mx-auto flex min-h-dvh max-w-xl flex-col bg-paper text-ink">
      <Hero branch={branch} table={table} />
      <main className="flex-1">
        {menu === undefined ? (
          <ReadingMenu />
        ) : (
          <Carte
            menu={menu}
            currency={branch.currency}
            counts={counts}
            status={<Connection brief />}
            notice={<Stale />}
            onPick={pick}
            onAdd={add}
          />
        )}
      </main>
      <Bar>
        <Knocks />
        <ToTable />
        {lines.length > 0 && <ToOrder />}
      </Bar>
      {item !== undefined && (
        <DishSheet
          item={item}
          currency={branch.currency}
          onPut={(dish) => void command(putLine(newId(), dish))}
          onClose={() => setPicked(null)}
        />
      )}
    </div>
  );
}

function ToOrder(): ReactNode {
  const say = useWords(words);
  const { snapshot, menu, lines } = useVisit();
  const amount = priced(lines, menu).reduce((sum, each) => sum + each.amount, 0);
  const dishes = lines.reduce((sum, { quantity }) => sum + quantity, 0);
  const { branch } = snapshot;
  return (
    <Link
      href="/order"
      className="flex min-h-13.5 flex-wrap items-center justify-between gap-x-3 rounded-control bg-accent px-4.5 py-1.5 text-[17px] font-semibold text-accent-ink"
    >
      <span>{say.seeOrder(dishes)}</span>
      <span className="whitespace-nowrap">{money(billOf(amount, branch).total, branch.currency)}</span>
    </Link>
  );
}

/** To what was ordered and who sits here; how far it is, in a word. */
function ToTable(): ReactNode {
  const say = useWords(words);
  const { snapshot } = useVisit();
  const mood = moodOf(snapshot.orders);
  const numbers = snapshot.orders.filter(isAwaited).map(({ orderNumber }) => orderNumber);
  return (
    <Link href="/table" className="flex min-h-tap flex-wrap items-center gap-x-3 font-semibold">
      <span className="min-w-0 flex-[1_1_6rem] [overflow-wrap:anywhere]">
        {mood === "quiet" ? say.ourTable : say.ordersAre[mood](numbers)}
      </span>
      <span className="flex items-center gap-3">
        <Who guests={partyOf(snapshot.session)} />
        <span aria-hidden className="text-2xl leading-none text-ink-3">
          ›
        </span>
      </span>
    </Link>
  );
}
