import { useAuthStore } from "@restai/sdk/react";
import type { ItemView } from "@restai/sdk/types";
import { type ReactNode, useMemo } from "react";
import { useMenu, useUnsent } from "../../live/hooks.ts";
import { useLive } from "../../live/LiveProvider.tsx";
import { overlaidItems } from "../../live/overlay.ts";
import { Aside } from "./Aside.tsx";
import { setAvailable } from "./commands.ts";
import { EightySix } from "./EightySix.tsx";
import type { Ticket } from "./rules/tickets.ts";

/** Who may say what is sold out. */
const MAY_86 = new Set(["org_admin", "branch_manager", "kitchen"]);

export function useMay86(): boolean {
  return MAY_86.has(useAuthStore().user?.role ?? "");
}

function useItems(): ItemView[] {
  const menu = useMenu();
  const commands = useUnsent();
  return useMemo(() => (menu === undefined ? [] : overlaidItems(menu, commands)), [menu, commands]);
}

interface SideProps {
  tickets: readonly Ticket[];
  on86: () => void;
  onRecall: () => void;
}

/** What is to be made, and what has run out. */
export function Side(props: SideProps): ReactNode {
  const { command } = useLive();
  const soldOut = useItems().filter((item) => !item.isAvailable);
  const restore = (item: ItemView) => void command(setAvailable(item, true));
  return <Aside {...props} soldOut={soldOut} may86={useMay86()} onRestore={restore} />;
}

export function EightySixSheet({ onClose }: { onClose: () => void }): ReactNode {
  const { command } = useLive();
  const set = (item: ItemView, isAvailable: boolean) => void command(setAvailable(item, isAvailable));
  return <EightySix items={useItems()} onSet={set} onClose={onClose} />;
}
