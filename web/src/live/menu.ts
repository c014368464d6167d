/** The menu as screens hold it: read whole, then kept right by `menu:availability`. Pure. */

import type { Json } from "@restai/sdk";
import type { GuestItemView, GuestMenuView, ItemView, MenuView } from "@restai/sdk/types";

/** As staff read them, or as guests do: who reads the one never gets the other. */
export type Menu = MenuView | GuestMenuView;
export type Item = ItemView | GuestItemView;

/** The menu with an item that is newer than its own. */
export function withItem<Shown extends Menu>(menu: Shown, item: Item): Shown {
  const categories = menu.categories.map((category) => {
    if (!category.items.some((each) => each.id === item.id && each.rev < item.rev)) return category;
    return { ...category, items: category.items.map((each) => (each.id === item.id ? item : each)) };
  });
  return { ...menu, categories };
}

/** The item of an event that tells of its availability. */
export function itemOf(event: Json): Item | null {
  return event.type === "menu:availability" ? (event.item as Item) : null;
}
