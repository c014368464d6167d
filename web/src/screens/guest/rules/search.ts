/** Finding dishes. Pure. */

import type { GuestCategoryView, GuestItemView } from "@restai/sdk/types";
import { plain } from "../../../lib/plain.ts";

/** The categories with the dishes that have all of the words in their name, description or tags. */
export function found(categories: readonly GuestCategoryView[], sought: string): GuestCategoryView[] {
  const wanted = plain(sought).split(/\s+/).filter(Boolean);
  return categories
    .map((category) => ({ ...category, items: category.items.filter((item) => has(item, wanted)) }))
    .filter(({ items }) => items.length > 0);
}

function has({ name, description, tags }: GuestItemView, wanted: readonly string[]): boolean {
  const text = plain([name, description, ...tags].join(" "));
  return wanted.every((word) => text.includes(word));
}
