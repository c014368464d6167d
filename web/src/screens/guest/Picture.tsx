import type { GuestItemView } from "@restai/sdk/types";
import type { ReactNode } from "react";

const TINTS = ["tint-a", "tint-b", "tint-c", "tint-d", "tint-e", "tint-f"];

/** A dish's photograph; one that has none gets a quiet colour of its own. `children` stand on it. */
export function Picture({ item, children }: { item: GuestItemView; children?: ReactNode }): ReactNode {
  return (
    <div className={`relative h-21 self-start ${item.isAvailable ? "" : "opacity-55 grayscale"}`}>
      <Photograph item={item} size="-320" className="size-full rounded-xl" />
      {children}
    </div>
  );
}

interface Props {
  item: GuestItemView;
  /** Of the two that are kept: "-320" is the smaller, in px. */
  size: "" | "-320";
  className: string;
}

/** Its colour until the photograph is there, and for ever without one. The dish's name stands beside it. */
export function Photograph({ item, size, className }: Props): ReactNode {
  const look = `${tintOf(item.id)} ${className}`;
  const url = photographOf(item);
  if (url === null) return <div aria-hidden className={look} />;
  return <img src={url + size} alt="" loading="lazy" decoding="async" className={`object-cover ${look}`} />;
}

/** Where it is; null: there is none of our own, and the page loads nothing from elsewhere. */
export function photographOf({ imageUrl }: GuestItemView): string | null {
  return imageUrl?.startsWith("/") ? imageUrl : null;
}

/** The same for a dish each time. */
function tintOf(id: string): string {
  const sum = [...id].reduce((total, letter) => total + letter.charCodeAt(0), 0);
  return TINTS[sum % TINTS.length] ?? "";
}
