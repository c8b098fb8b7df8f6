import type { DatabaseLogin } from "../../../components/application/database-login.ts";
import type { LoginState } from "./statements.ts";

/** What a call of rotate does. */
export type Plan =
  /** A rotation from its beginning. */
  | { readonly kind: "begin"; readonly from: DatabaseLogin; readonly to: DatabaseLogin; readonly why: string }
  /** The settings name the new login already: whoever does not use it yet is moved, and the others end. */
  | { readonly kind: "go on"; readonly from: DatabaseLogin; readonly to: DatabaseLogin; readonly why: string }
  /** The database knows nothing of the settings' login: its volume is a new one. */
  | { readonly kind: "make"; readonly to: DatabaseLogin; readonly why: string };

/** Whose turn is next. */
const next = (login: DatabaseLogin): DatabaseLogin => (login === "a" ? "b" : "a");

/** Finds out where the last rotation ended, from the database and the settings alone: nothing else remembers it. */
export function planOf({ settled = "owner", open }: LoginState, login: DatabaseLogin): Plan {
  if (login !== "owner" && !open.includes(login)) {
    return { kind: "make", to: login, why: `the settings say login ${login}, and the database has none: makes it` };
  }
  if (settled !== login) {
    const why = `goes on with a rotation that was interrupted: from login ${settled} to ${login}`;
    return { kind: "go on", from: settled, to: login, why };
  }
  const to = next(login);
  return open.includes(to)
    ? { kind: "begin", from: login, to, why: `login ${to} was made ready once and nobody uses it: begins anew` }
    : { kind: "begin", from: login, to, why: `from login ${login} to ${to}` };
}
