import type { CartLineDraft, CartLineView, GuestItemView, ModifierGroupView } from "@restai/sdk/types";
import { type ReactNode, useId, useState } from "react";
import { useWords } from "../../lib/language.ts";
import { money } from "../../lib/money.ts";
import { Button } from "../../ui/Button.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { About } from "./Dish.tsx";
import { Photograph, photographOf } from "./Picture.tsx";
import { priceOf } from "./rules/bill.ts";
import { isOneOf, isOpen, missing, tapped } from "./rules/choices.ts";
import { words } from "./words.ts";

interface Props {
  item: GuestItemView;
  currency: string;
  /** The line that is changed; absent: a new one. */
  line?: CartLineView | undefined;
  onPut: (dish: CartLineDraft) => void;
  onRemove?: (() => void) | undefined;
  onClose: () => void;
}

const LONGEST_NOTE = 300;
const MOST = 99; // of one dish: more is a banquet, which somebody talks about with the staff

/** One dish: what is in it, what goes with it, how many, and what the kitchen should know. */
export function DishSheet({ item, currency, line, onPut, onRemove, onClose }: Props): ReactNode {
  const say = useWords(words);
  const [chosen, setChosen] = useState<readonly string[]>(line?.modifierIds ?? []);
  const [quantity, setQuantity] = useState(line?.quantity ?? 1);
  const [notes, setNotes] = useState(line?.notes ?? "");
  const lacking = missing(item.modifierGroups, chosen);
  const amount = money(priceOf(item, chosen) * quantity, currency);
  const put = () => {
    if (lacking !== undefined) return goTo(lacking);
    onPut({ menuItemId: item.id, quantity, notes: notes.trim() || null, modifierIds: [...chosen] });
    onClose();
  };
  const foot = (
    <div className="flex flex-wrap gap-2.5">
      <Quantity quantity={quantity} onChange={setQuantity} />
      <Button
        primary
        disabled={!item.isAvailable}
        className="min-h-13.5 min-w-0 flex-[1_1_12rem] flex-wrap justify-between! py-1.5 text-[17px]"
        onClick={put}
      >
        <span>{lacking === undefined ? (line ? say.change : say.addToOrder) : say.choose(lacking.name)}</span>
        <span>{amount}</span>
      </Button>
    </div>
  );
  return (
    <Dialog title={item.name} close={say.close} onClose={onClose} foot={foot}>
      <div className="flex flex-col gap-4">
        {photographOf(item) !== null && (
          <Photograph item={item} size="" className="aspect-4/3 max-h-64 w-full rounded-card" />
        )}
        <p className="text-ink-2 [overflow-wrap:anywhere]">
          {item.description}
          <About item={item} />
        </p>
        {!item.isAvailable && <p className="font-bold text-late">{say.soldOutTonight}</p>}
        {item.modifierGroups.map((group) => (
          <Group
            key={group.id}
            group={group}
            currency={currency}
            chosen={chosen}
            onTap={(id) => setChosen((before) => tapped(group, before, id))}
          />
        ))}
        <Notes notes={notes} onChange={setNotes} />
        {onRemove !== undefined && (
          <Button
            block
            className="text-late"
            onClick={() => {
              onRemove();
              onClose();
            }}
          >
            {say.takeOut}
          </Button>
        )}
      </div>
    </Dialog>
  );
}

function goTo(group: ModifierGroupView): void {
  const place = document.querySelector<HTMLElement>(`[data-group="${group.id}"]`);
  place?.scrollIntoView({ block: "center" });
  place?.querySelector("input")?.focus();
}

interface GroupProps {
  group: ModifierGroupView;
  currency: string;
  chosen: readonly string[];
  onTap: (id: string) => void;
}

function Group({ group, currency, chosen, onTap }: GroupProps): ReactNode {
  const say = useWords(words);
  return (
    <fieldset data-group={group.id} className="rounded-card border border-line px-4 pt-1 pb-2">
      <legend className="px-1 font-bold">
        {group.name}{" "}
        <span className="text-sm font-medium text-ink-2">{say.howMany(group.min, group.max)}</span>
      </legend>
      {group.modifiers.map((modifier) => (
        <label
          key={modifier.id}
          className="flex min-h-12 items-center gap-3 border-b border-line py-1.5 last:border-0 has-disabled:text-ink-3"
        >
          <input
            type={isOneOf(group) ? "radio" : "checkbox"}
            name={group.id}
            checked={chosen.includes(modifier.id)}
            disabled={!isOpen(group, chosen, modifier)}
            onChange={() => onTap(modifier.id)}
            className="size-5 shrink-0 accent-accent"
          />
          <span className="min-w-0 flex-1 [overflow-wrap:anywhere]">{modifier.name}</span>
          <span className="text-[15px] text-ink-2">
            {modifier.isAvailable
              ? modifier.price > 0 && `+ ${money(modifier.price, currency)}`
              : say.soldOut}
          </span>
        </label>
      ))}
    </fieldset>
  );
}

function Quantity(props: { quantity: number; onChange: (quantity: number) => void }): ReactNode {
  const say = useWords(words);
  const { quantity, onChange } = props;
  const round =
    "grid size-13.5 place-items-center rounded-control border border-line text-2xl disabled:text-ink-3 max-[15rem]:size-11";
  return (
    <fieldset className="flex items-center gap-1">
      <legend className="sr-only">{say.quantity}</legend>
      <button
        type="button"
        aria-label={say.less}
        disabled={quantity <= 1}
        className={round}
        onClick={() => onChange(quantity - 1)}
      >
        <span aria-hidden>−</span>
      </button>
      <output aria-live="polite" className="min-w-10 text-center text-xl font-bold">
        {quantity}
      </output>
      <button
        type="button"
        aria-label={say.more}
        disabled={quantity >= MOST}
        className={round}
        onClick={() => onChange(quantity + 1)}
      >
        <span aria-hidden>+</span>
      </button>
    </fieldset>
  );
}

function Notes({ notes, onChange }: { notes: string; onChange: (notes: string) => void }): ReactNode {
  const say = useWords(words);
  const id = useId();
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className="font-bold">
        {say.note}
      </label>
      <textarea
        id={id}
        rows={2}
        maxLength={LONGEST_NOTE}
        placeholder={say.noteHint}
        value={notes}
        onChange={(event) => onChange(event.target.value)}
        className="rounded-control border border-line bg-paper px-3.5 py-2.5 placeholder:text-ink-3"
      />
    </div>
  );
}
