import type { Account } from "@restai/sdk";
import type { ReactNode } from "react";
import { useWords } from "../lib/language.ts";
import { Button } from "../ui/Button.tsx";
import { Doorway } from "./Doorway.tsx";
import { words } from "./words.ts";

interface Props {
  account: Account;
  onChoose: (branchId: string) => void;
  onSignOut: () => void;
}

export function ChooseBranch({ account, onChoose, onSignOut }: Props): ReactNode {
  const say = useWords(words);
  return (
    <Doorway title={say.chooseBranch} below={account.name}>
      {account.branches.length === 0 && <p className="text-ink-2">{say.noBranch}</p>}
      <ul className="flex flex-col gap-3">
        {account.branches.map((branch) => (
          <li key={branch.id}>
            <button
              type="button"
              className="min-h-14 w-full rounded-card border border-line bg-card px-5 py-3 text-left text-lg font-semibold shadow-lift"
              onClick={() => onChoose(branch.id)}
            >
              {branch.name}
            </button>
          </li>
        ))}
      </ul>
      <Button block onClick={onSignOut}>
        {say.signOut}
      </Button>
    </Doorway>
  );
}
