/** From the door to the screens: who is here, in which branch, and what they want to see. */

import type { Account, Login } from "@restai/sdk";
import type { QueryClient } from "@tanstack/react-query";
import {
  type ReactNode,
  Suspense,
  useCallback,
  useEffect,
  useMemo,
  useState,
  useSyncExternalStore,
} from "react";
import { Link, Redirect, Route, Switch } from "wouter";
import { branchOf, chooseBranch, whenGone } from "./auth/account.ts";
import { ChooseBranch } from "./auth/ChooseBranch.tsx";
import { Doorway } from "./auth/Doorway.tsx";
import { SignIn } from "./auth/SignIn.tsx";
import { words } from "./auth/words.ts";
import type { Database } from "./lib/database.ts";
import { useWords } from "./lib/language.ts";
import { useSnapshot } from "./live/hooks.ts";
import { LiveProvider } from "./live/LiveProvider.tsx";
import { HOME, SCREENS, screenAt } from "./screens.ts";
import { Button } from "./ui/Button.tsx";
import { Guarded } from "./ui/Guarded.tsx";

interface Props {
  login: Login;
  queries: QueryClient;
  database: Database;
}

export function App({ login, queries, database }: Props): ReactNode {
  const { user } = useSyncExternalStore(login.subscribe, () => login.state);
  const [ended, setEnded] = useState(false);
  useEffect(
    () =>
      whenGone(login, () => {
        queries.clear(); // before the screens are left, or they would keep what they showed once more
        void database.clear("snapshots").catch(() => undefined); // a broken disk has nothing either
        setEnded(true);
      }),
    [login, queries, database],
  );
  const end = useCallback(() => login.forget(), [login]);
  const leave = () => {
    void login.signOut().catch(() => undefined); // without a network the cookie stays till it ends
    setEnded(false);
  };
  if (user === null) return <SignIn login={login} ended={ended} />;
  return <AtWork {...{ login, queries, database, account: user, onStop: end, onSignOut: leave }} />;
}

interface AtWorkProps extends Props {
  account: Account;
  onStop: () => void;
  onSignOut: () => void;
}

function AtWork({ login, queries, database, account, onStop, onSignOut }: AtWorkProps): ReactNode {
  const [chosen, setChosen] = useState(() => branchOf(account));
  const branchId = account.branches.some((branch) => branch.id === chosen) ? chosen : branchOf(account);
  const choose = (id: string | null) => {
    chooseBranch(account, id);
    setChosen(id);
  };
  const screen = useMemo(
    () => (branchId === null ? undefined : screenAt(location.pathname, branchId)),
    [branchId],
  );
  if (branchId === null) return <ChooseBranch {...{ account, onChoose: choose, onSignOut }} />;
  return (
    <LiveProvider
      key={`${account.id} ${branchId}`}
      principal={`staff ${account.id}`}
      {...{ branchId, screen, source: login, queries, database, onStop }}
    >
      <OfBranch onOther={() => choose(null)}>
        <Screens onSignOut={onSignOut} onOther={account.branches.length > 1 ? () => choose(null) : null} />
      </OfBranch>
    </LiveProvider>
  );
}

/** The screens, unless the branch is not this person's any more. */
function OfBranch({ onOther, children }: { onOther: () => void; children: ReactNode }): ReactNode {
  const say = useWords(words);
  const lost = useSnapshot((snapshot) => snapshot === null);
  if (lost !== true) return children;
  return (
    <Doorway title={say.lostBranch}>
      <Button primary block onClick={onOther}>
        {say.another}
      </Button>
    </Doorway>
  );
}

export interface Doors {
  onSignOut: () => void;
  /** To another branch; null: there is none. */
  onOther: (() => void) | null;
}

function Screens(doors: Doors): ReactNode {
  const say = useWords(words);
  const failed = (
    <Doorway title={say.failed}>
      <Button primary block onClick={() => location.reload()}>
        {say.reload}
      </Button>
    </Doorway>
  );
  return (
    <Guarded instead={failed}>
      <Suspense fallback={<p className="p-6 text-ink-2">{say.loading}</p>}>
        <Switch>
          {SCREENS.map(({ path, Screen }) => (
            <Route key={path} path={path}>
              <Screen {...doors} />
            </Route>
          ))}
          <Route path="/">
            <Redirect to={HOME} replace />
          </Route>
          <Route>
            <Doorway title={say.noPage}>
              <Link to={HOME} className="text-lg font-semibold text-accent underline">
                {say.home}
              </Link>
            </Doorway>
          </Route>
        </Switch>
      </Suspense>
    </Guarded>
  );
}
