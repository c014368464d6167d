import type { ItemView } from "@restai/sdk/types";
import { type ReactNode, useState } from "react";
import { useWords } from "../../lib/language.ts";
import { plain } from "../../lib/plain.ts";
import { Dialog } from "../../ui/Dialog.tsx";
import { words } from "./words.ts";

interface Props {
  items: readonly ItemView[];
  onSet: (item: ItemView, isAvailable: boolean) => void;
  onClose: () => void;
}

/** What has run out: one tap each, and one to take it back. */
export function EightySix({ items, onSet, onClose }: Props): ReactNode {
  const say = useWords(words);
  const [sought, setSought] = useState("");
  const found = items.filter(({ name }) => plain(name).includes(plain(sought)));
  return (
    <Dialog title={say.eightySixTitle} close={say.close} onClose={onClose}>
      <input
        type="search"
        data-first
        aria-label={say.search}
        placeholder={say.search}
        value={sought}
        onChange={(event) => setSought(event.target.value)}
        className="mb-3 min-h-12 w-full rounded-control border border-line bg-sunken px-3.5 placeholder:text-ink-3"
      />
      {found.length === 0 && <p className="text-ink-2">{say.noDish}</p>}
      <ul>
        {found.map((item) => (
          <li key={item.id} className="border-b border-line">
            <button
              type="button"
              aria-pressed={!item.isAvailable}
              className="flex min-h-tap-kitchen w-full items-center justify-between gap-3 px-1 text-left text-lg font-semibold"
              onClick={() => onSet(item, !item.isAvailable)}
            >
              <span
                className={`min-w-0 [overflow-wrap:anywhere] ${item.isAvailable ? "" : "text-late line-through"}`}
              >
                {item.name}
              </span>
              <span className="text-[13px] whitespace-nowrap text-ink-2">
                {item.isAvailable ? say.eightySixIt : say.restore}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
