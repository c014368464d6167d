import type { GuestCategoryView, GuestItemView, GuestMenuView } from "@restai/sdk/types";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { useWords } from "../../lib/language.ts";
import { Dish } from "./Dish.tsx";
import { found } from "./rules/search.ts";
import { words } from "./words.ts";

interface Props {
  menu: GuestMenuView;
  currency: string;
  /** How many of each dish are in the cart. */
  counts?: ReadonlyMap<string, number>;
  /** Beside the categories. */
  status?: ReactNode;
  /** Across the whole width, below them. */
  notice?: ReactNode;
  /** Look at a dish; absent: nothing can be ordered (yet). */
  onPick?: (item: GuestItemView) => void;
  onAdd?: (item: GuestItemView) => void;
}

/** The menu, chapter by chapter. */
export function Carte({ menu, currency, counts, status, notice, onPick, onAdd }: Props): ReactNode {
  const say = useWords(words);
  const [sought, setSought] = useState<string | null>(null);
  const shown = sought === null ? menu.categories : found(menu.categories, sought);
  const list = useRef<HTMLDivElement>(null);
  const current = useCurrent(list, shown);

  return (
    <>
      <div className="sticky top-0 z-10 border-b border-line bg-paper">
        <div className="flex flex-wrap items-center gap-x-2 pr-3 pl-3">
          {sought === null ? (
            <Chapters categories={menu.categories} current={current} />
          ) : (
            <input
              type="search"
              ref={focused}
              aria-label={say.search}
              placeholder={say.search}
              value={sought}
              onChange={(event) => setSought(event.target.value)}
              className="my-1.5 min-h-11 min-w-0 flex-1 rounded-control border border-line bg-card px-3.5 placeholder:text-ink-3 [&::-webkit-search-cancel-button]:hidden"
            />
          )}
          {status !== undefined && (
            <div className="has-data-unsent:order-last has-data-unsent:basis-full has-data-unsent:pb-2">
              {status}
            </div>
          )}
          <button
            type="button"
            aria-label={sought === null ? say.search : say.closeSearch}
            className="grid size-11 shrink-0 place-items-center rounded-control text-xl text-ink-2"
            onClick={() => setSought(sought === null ? "" : null)}
          >
            {sought === null ? <Glass /> : <span aria-hidden>✕</span>}
          </button>
        </div>
        {notice}
      </div>
      <div ref={list} className="px-4.5 pb-6">
        {shown.length === 0 && (
          <p role="status" className="py-10 text-center text-lg text-ink-2">
            {sought === null ? say.emptyMenu : say.noDish}
          </p>
        )}
        {shown.map((category) => (
          <section
            key={category.id}
            aria-labelledby={`chapter-${category.id}`}
            data-chapter={category.id}
            className="scroll-mt-16"
          >
            <h2
              id={`chapter-${category.id}`}
              className="pt-6 pb-1 text-[13px] font-bold tracking-[0.08em] text-ink-3 uppercase"
            >
              {category.name}
            </h2>
            <ul>
              {category.items.map((item) => (
                <Dish
                  key={item.id}
                  item={item}
                  currency={currency}
                  count={counts?.get(item.id) ?? 0}
                  onPick={onPick}
                  onAdd={onAdd}
                />
              ))}
            </ul>
          </section>
        ))}
      </div>
    </>
  );
}

/** One function for good: React would call another again, and take the focus from where it went since. */
function focused(input: HTMLInputElement | null): void {
  input?.focus();
}

interface ChaptersProps {
  categories: readonly GuestCategoryView[];
  current: string | null;
}

function Chapters({ categories, current }: ChaptersProps): ReactNode {
  const say = useWords(words);
  const bar = useRef<HTMLElement>(null);
  useEffect(() => {
    const tab = bar.current?.querySelector<HTMLElement>(`[data-tab="${current}"]`);
    if (tab) bar.current?.scrollTo({ left: tab.offsetLeft - 24 });
  }, [current]);
  return (
    <nav
      ref={bar}
      aria-label={say.chapters}
      className="relative flex min-w-0 flex-1 overflow-x-auto [scrollbar-width:none]"
    >
      {categories.map(({ id, name }) => (
        <button
          key={id}
          type="button"
          data-tab={id}
          aria-current={id === current || undefined}
          className="min-h-12.5 shrink-0 border-b-[2.5px] border-transparent px-2 font-semibold text-ink-3 aria-[current]:border-accent aria-[current]:text-ink"
          onClick={() => document.querySelector(`[data-chapter="${id}"]`)?.scrollIntoView()}
        >
          {name}
        </button>
      ))}
    </nav>
  );
}

/** The chapter that stands at the top of the screen. */
function useCurrent(
  list: { current: HTMLElement | null },
  categories: readonly GuestCategoryView[],
): string | null {
  const [current, setCurrent] = useState<string | null>(null);
  const ids = categories.map(({ id }) => id).join(" ");
  // biome-ignore lint/correctness/useExhaustiveDependencies: the chapters on the page are another with `ids`
  useEffect(() => {
    const observer = new IntersectionObserver(
      (entries) => {
        const entered = entries.find(({ isIntersecting }) => isIntersecting);
        if (entered) setCurrent((entered.target as HTMLElement).dataset.chapter ?? null);
      },
      { rootMargin: "-20% 0px -79% 0px" },
    );
    for (const chapter of list.current?.querySelectorAll("[data-chapter]") ?? []) observer.observe(chapter);
    return () => observer.disconnect();
  }, [list, ids]);
  return current ?? categories[0]?.id ?? null;
}

function Glass(): ReactNode {
  return (
    <svg aria-hidden="true" width="20" height="20" viewBox="0 0 20 20" fill="none" stroke="currentColor">
      <circle cx="8.5" cy="8.5" r="5.5" strokeWidth="2" />
      <path d="m13 13 4.5 4.5" strokeWidth="2" strokeLinecap="round" />
    </svg>
  );
}
