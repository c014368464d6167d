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

/** Only our own pictures: the page loads nothing from elsewhere. The dish's name stands beside it. */
export function Photograph({ item, size, className }: Props): ReactNode {
  const { imageUrl } = item;
  if (imageUrl === null || !imageUrl.startsWith("/")) {
    return <div aria-hidden className={`${tintOf(item.id)} ${className}`} />;
  }
  return (
    <img
      src={imageUrl + size}
      alt=""
      loading="lazy"
      decoding="async"
      className={`object-cover ${className}`}
    />
  );
}

/** The same for a dish each time. */
function tintOf(id: string): string {
  const sum = [...id].reduce((total, letter) => total + letter.charCodeAt(0), 0);
  return TINTS[sum % TINTS.length] ?? "";
}
