import type { Role, User } from "../observability/context.ts";
import type { Database } from "./database.ts";

export interface StoredUser extends User {
  readonly passwordHash: string;
}

export interface Users {
  find(name: string): Promise<StoredUser | undefined>;
  /** The new user; undefined where the name is taken. */
  add(name: string, passwordHash: string, role: Role): Promise<User | undefined>;
  list(): Promise<readonly User[]>;
}

interface Row extends User {
  readonly password_hash: string;
}

export function usersIn({ query }: Pick<Database, "query">): Users {
  return {
    find: async (name) => {
      const [row] = await query<Row>("select id, name, role, password_hash from users where name = $1", [name]);
      if (row === undefined) return undefined;
      const { password_hash: passwordHash, ...user } = row;
      return { ...user, passwordHash };
    },
    add: async (name, passwordHash, role) => {
      const [row] = await query<Row>(
        `insert into users (name, password_hash, role) values ($1, $2, $3)
         on conflict (name) do nothing returning id, name, role`,
        [name, passwordHash, role],
      );
      return row;
    },
    list: () => query<Row>("select id, name, role from users order by name"),
  };
}
