/** The menu as screens hold it: read whole, then kept right by `menu:availability`. Pure. */

import type { Json } from "@restai/sdk";
import type { ItemView, MenuView } from "@restai/sdk/types";

/** The menu with an item that is newer than its own. */
export function withItem(menu: MenuView, item: ItemView): MenuView {
  const categories = menu.categories.map((category) => {
    if (!category.items.some((each) => each.id === item.id && each.rev < item.rev)) return category;
    return { ...category, items: category.items.map((each) => (each.id === item.id ? item : each)) };
  });
  return { ...menu, categories };
}

/** The item of an event that tells of its availability. */
export function itemOf(event: Json): ItemView | null {
  return event.type === "menu:availability" ? (event.item as ItemView) : null;
}
