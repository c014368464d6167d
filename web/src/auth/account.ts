/** Who is signed in on this device: remembered by name; the proof of it is in a cookie no script sees. */

import { type Account, Login } from "@restai/sdk";
import { device } from "../lib/device.ts";

const KEY = "account";

/** The sign-in store of this page. */
export function newLogin(): Login {
  const login = new Login(location.origin, { cookie: true, user: device.get<Account>(KEY) });
  login.subscribe(() => {
    const { user } = login.state;
    if (user === null) device.remove(KEY);
    else device.set(KEY, user);
  });
  return login;
}

/** Call `gone` each time that whoever was signed in is not any more, however it came; until the answer is called. */
export function whenGone(login: Login, gone: () => void): () => void {
  let before = login.state.user;
  return login.subscribe(() => {
    const { user } = login.state;
    if (before !== null && before.id !== user?.id) gone();
    before = user;
  });
}

/** The branch this person works in on this device: the chosen one, or the only one. */
export function branchOf(account: Account): string | null {
  const chosen = device.get<string>(branchKey(account));
  if (account.branches.some((branch) => branch.id === chosen)) return chosen;
  return account.branches.length === 1 ? (account.branches[0]?.id ?? null) : null;
}

export function chooseBranch(account: Account, branchId: string | null): void {
  device.set(branchKey(account), branchId);
}

function branchKey(account: Account): string {
  return `branch.${account.id}`;
}
