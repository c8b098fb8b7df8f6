import type { SecretName } from "../workload/index.ts";

/**
 * By which role the application logs in. PostgreSQL keeps one password a role, so a change of password without a failed
 * request needs two roles that take turns: `a` and `b`, members of one group that owns everything. `owner` is
 * `database.user` itself, the database's administrator: so it begins, until the first `./platform secrets rotate`.
 */
export const databaseLogins = ["owner", "a", "b"] as const;
export type DatabaseLogin = (typeof databaseLogins)[number];

export interface LoginRole {
  readonly role: string;
  /** The secret that is its password. */
  readonly secret: SecretName;
}

const secrets = { owner: "databasePassword", a: "databasePasswordA", b: "databasePasswordB" } as const;

interface Administered {
  /** `database.user` of the settings. */
  readonly user: string;
}

/** The role and the password of a login. */
export const loginRole = ({ user }: Administered, login: DatabaseLogin): LoginRole => ({
  role: login === "owner" ? user : `${user}_${login}`,
  secret: secrets[login],
});

/** The group that owns the database and everything in it; nobody logs in by it. */
export const ownerGroup = ({ user }: Administered): string => `${user}_owner`;

/** What the stack's consumers log in by now. */
export const currentLogin = (database: Administered & { readonly login: DatabaseLogin }): LoginRole =>
  loginRole(database, database.login);
