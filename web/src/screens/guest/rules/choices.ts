/** Choosing what goes with a dish. Pure. */

import type { ModifierGroupView } from "@restai/sdk/types";

/** Whether exactly one of a group is always chosen. */
export function isOneOf({ min, max }: ModifierGroupView): boolean {
  return min === 1 && max === 1;
}

/** `chosen` after a tap on a modifier of a group. Where one is allowed, another takes its place. */
export function tapped(group: ModifierGroupView, chosen: readonly string[], id: string): readonly string[] {
  if (chosen.includes(id)) return isOneOf(group) ? chosen : chosen.filter((each) => each !== id);
  const others = chosenOf(group, chosen);
  if (others.length < group.max) return [...chosen, id];
  return group.max === 1 ? [...chosen.filter((each) => !others.includes(each)), id] : chosen;
}

/** Whether a modifier can be tapped: it is there, and there is room for it. */
export function isOpen(
  group: ModifierGroupView,
  chosen: readonly string[],
  modifier: { id: string; isAvailable: boolean },
): boolean {
  if (chosen.includes(modifier.id)) return true;
  return modifier.isAvailable && (group.max === 1 || chosenOf(group, chosen).length < group.max);
}

/** The first group of which not enough was chosen. */
export function missing(
  groups: readonly ModifierGroupView[],
  chosen: readonly string[],
): ModifierGroupView | undefined {
  return groups.find((group) => chosenOf(group, chosen).length < group.min);
}

function chosenOf(group: ModifierGroupView, chosen: readonly string[]): string[] {
  return group.modifiers.flatMap(({ id }) => (chosen.includes(id) ? [id] : []));
}
