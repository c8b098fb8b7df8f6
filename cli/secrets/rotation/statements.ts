import {
  type DatabaseLogin,
  databaseLogins,
  loginRole,
  ownerGroup,
} from "../../../components/application/database-login.ts";
import type { DatabaseSettings } from "../../../components/application/settings.ts";

/** Of the settings, what names roles; all of them are lower-case letters, digits and _ (stacks/schema.ts): nothing has to be quoted. */
export type Named = Pick<DatabaseSettings, "user" | "name" | "management">;

/**
 * The group's comment says by whom the application logs in when no rotation is under way. Two rows or fewer: that login
 * (empty where there is no group yet), and the roles of `a` and `b` that may log in.
 */
export const stateQuery = (database: Named): string => `
select coalesce((select shobj_description(oid, 'pg_authid') from pg_roles where rolname = '${ownerGroup(database)}'), '');
select coalesce(string_agg(rolname, ','), '') from pg_roles
  where rolname in (${turns(database).map(quoted).join(", ")}) and rolcanlogin;
`;

/** Marks that `login` alone is in use. */
const mark = (login: DatabaseLogin): string => `login ${login}`;

/** Reads what {@link stateQuery} answers. */
export function readState(database: Named, printed: string): LoginState {
  const [comment = "", open = ""] = printed.split("\n");
  const roles = open.split(",");
  return {
    settled: databaseLogins.find((login) => comment === mark(login)),
    open: turnLogins.filter((login) => roles.includes(loginRole(database, login).role)),
  };
}

export interface LoginState {
  /** In use when the last rotation was over; undefined where there was none. */
  readonly settled: DatabaseLogin | undefined;
  /** Those of `a` and `b` that may log in. */
  readonly open: readonly DatabaseLogin[];
}

const turnLogins = ["a", "b"] as const;
const turns = (database: Named): readonly string[] => turnLogins.map((login) => loginRole(database, login).role);
const quoted = (text: string): string => `'${text}'`;

/**
 * Makes a login ready: the group that owns everything, and the role in it, with a password of which the server learns the
 * verifier alone. Whoever logs in acts as the group (`set role`), so what a migration makes belongs to the group whoever's
 * turn it is. Each statement is a transaction of its own (`\gexec`): a lock is held for the moment of one change, and
 * waits so briefly that requests behind it do not run into their own limit. May be run again at any time.
 */
export function prepareStatements(database: Named, login: DatabaseLogin, verifier: string): string {
  const group = ownerGroup(database);
  const { role } = loginRole(database, login);
  return `
set lock_timeout = '1s';
select format('create role %I nologin', name) from unnest(array['${group}', '${role}']) as name
  where not exists (select from pg_roles where rolname = name) \\gexec
grant ${group} to ${database.user};
grant ${group} to ${role};
grant pg_monitor to ${group};
alter role ${role} set role = '${group}';
alter database ${database.name} owner to ${group};
${ownershipStatements(group)}
alter role ${role} login password '${verifier}';
`;
}

/** Everything of the schema that is not the group's; sequences of a column and indexes follow their table. */
const ownershipStatements = (group: string): string => `
select format('alter table %s owner to ${group}', c.oid::regclass) from pg_class c
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
    and pg_get_userbyid(c.relowner) <> '${group}'
    and not exists (select from pg_depend d where d.objid = c.oid and d.classid = 'pg_class'::regclass and d.deptype in ('a', 'i', 'e')) \\gexec
select format('alter routine %s owner to ${group}', p.oid::regprocedure) from pg_proc p
  where p.pronamespace = 'public'::regnamespace and pg_get_userbyid(p.proowner) <> '${group}'
    and not exists (select from pg_depend d where d.objid = p.oid and d.classid = 'pg_proc'::regclass and d.deptype = 'e') \\gexec
select format('alter type %s owner to ${group}', t.oid::regtype) from pg_type t
  where t.typnamespace = 'public'::regnamespace and t.typtype in ('e', 'd') and pg_get_userbyid(t.typowner) <> '${group}'
    and not exists (select from pg_depend d where d.objid = t.oid and d.classid = 'pg_type'::regclass and d.deptype = 'e') \\gexec
`;

/** Connections by any login but this one. */
export const strangersQuery = (database: Named, login: DatabaseLogin): string =>
  `select count(*) from pg_stat_activity where usename in (${others(database, login)}) and pid <> pg_backend_pid();`;

/**
 * Ends every login but this one, with its connections. The administrator of an own database is let in by the server's own
 * socket alone from then on; a managed one needs a password, `administratorVerifier`.
 */
export function settleStatements(
  database: Named,
  login: DatabaseLogin,
  administratorVerifier: string | undefined,
): string {
  const password = administratorVerifier === undefined ? "null" : quoted(administratorVerifier);
  const turnsOver = turnLogins.filter((each) => each !== login).map((each) => loginRole(database, each).role);
  return `
select format('alter role %I nologin password null', rolname) from pg_roles
  where rolname in (${turnsOver.map(quoted).join(", ")}) \\gexec
${login === "owner" ? "" : `alter role ${database.user} password ${password};`}
select count(pg_terminate_backend(pid)) from pg_stat_activity
  where usename in (${others(database, login)}) and pid <> pg_backend_pid();
comment on role ${ownerGroup(database)} is '${mark(login)}';
`;
}

const others = (database: Named, login: DatabaseLogin): string =>
  databaseLogins
    .filter((each) => each !== login)
    .map((each) => quoted(loginRole(database, each).role))
    .join(", ");
