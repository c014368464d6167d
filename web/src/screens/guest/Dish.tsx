import type { Allergen, GuestItemView } from "@restai/sdk/types";
import { memo, type ReactNode } from "react";
import { allergens as allergenNames } from "../../lib/allergens.ts";
import { useWords } from "../../lib/language.ts";
import { money } from "../../lib/money.ts";
import { Picture } from "./Picture.tsx";
import { words } from "./words.ts";

interface Props {
  item: GuestItemView;
  currency: string;
  count: number;
  onPick: ((item: GuestItemView) => void) | undefined;
  onAdd: ((item: GuestItemView) => void) | undefined;
}

/** A dish on the menu. The whole row opens it; the round button puts one into the cart. */
export const Dish = memo(function Dish({ item, currency, count, onPick, onAdd }: Props): ReactNode {
  const say = useWords(words);
  const there = item.isAvailable;
  return (
    <li className="relative grid grid-cols-[minmax(0,1fr)_92px] gap-3.5 border-b max-[15rem]:grid-cols-1 border-line py-3.5 last:border-0">
      <div className={`min-w-0 ${there ? "" : "text-ink-3"}`}>
        <h3 className="font-serif text-[19px] leading-tight font-semibold [overflow-wrap:anywhere]">
          {onPick === undefined ? (
            item.name
          ) : (
            <button
              type="button"
              className="text-left after:absolute after:inset-0"
              onClick={() => onPick(item)}
            >
              {item.name}
            </button>
          )}
        </h3>
        {item.description !== "" && (
          <p className={`mt-0.5 text-sm [overflow-wrap:anywhere] ${there ? "text-ink-2" : ""}`}>
            {item.description}
          </p>
        )}
        <p className="mt-1.5">
          {there ? (
            <b className="font-bold whitespace-nowrap">{money(item.price, currency)}</b>
          ) : (
            <b className="text-sm font-bold text-late">{say.soldOutTonight}</b>
          )}
          <About item={item} />
        </p>
      </div>
      <Picture item={item}>
        {there && onAdd !== undefined && (
          <button
            type="button"
            aria-label={count > 0 ? say.addAnother(item.name, count) : say.add(item.name)}
            className={`absolute -right-1.5 -bottom-2 z-1 grid size-11 place-items-center rounded-full border-2 border-paper bg-accent leading-none text-accent-ink ${count > 0 ? "text-[15px] font-extrabold" : "text-xl font-semibold"}`}
            onClick={() => onAdd(item)}
          >
            <span aria-hidden>{count > 0 ? count : "+"}</span>
          </button>
        )}
      </Picture>
    </li>
  );
});

/** How long it takes, and what is in it that some must not eat. */
export function About({ item }: { item: GuestItemView }): ReactNode {
  const names = useWords(allergenNames);
  const said = [
    ...(item.prepMinutes > 0 ? [`${item.prepMinutes} min`] : []),
    ...item.allergens.map((each) => names[each as Allergen] ?? each),
  ];
  return <span className="text-[13px] text-ink-3">{said.map((each) => ` · ${each}`).join("")}</span>;
}
