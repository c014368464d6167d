/** A guest's token, as the connection asks for it. */

import { SignedOut, type SignInState, type TokenProvider } from "@restai/sdk";
import type { TokenSource } from "@restai/sdk/react";
import type { Seat } from "./seat.ts";

/** One token, for as long as the visit lasts: there is no other to be had. */
export class Pass implements TokenSource {
  readonly state: SignInState;
  readonly #token: string;

  constructor({ token, guestId, name }: Seat) {
    const nobody = { email: "", role: "customer", organizationId: "", branches: [] };
    this.#token = token;
    this.state = { accessToken: token, user: { id: guestId, name, ...nobody } };
  }

  subscribe = (): (() => void) => () => undefined;

  provide: TokenProvider = async (fresh) => {
    if (fresh) throw new SignedOut("this visit is over");
    return this.#token;
  };
}
