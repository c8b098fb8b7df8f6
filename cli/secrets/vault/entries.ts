import { z } from "zod";
import type { VaultSettings } from "../../../components/vault/settings.ts";
import type { SecretSource } from "../../../components/workload/index.ts";
import { UserError } from "../../console/error.ts";
import type { Held } from "../held.ts";
import { type Answer, askVault } from "./ask.ts";

/** Where in Vault a secret is. */
export type InVault = Extract<SecretSource, { readonly kind: "vault" }>;

const versions = z.looseObject({
  data: z.looseObject({
    current_version: z.number(),
    versions: z.record(
      z.string(),
      z.looseObject({ created_time: z.coerce.date(), deletion_time: z.string().default(""), destroyed: z.boolean() }),
    ),
  }),
});
const subkeys = z.looseObject({ data: z.looseObject({ subkeys: z.record(z.string(), z.unknown()) }) });
const values = z.looseObject({ data: z.looseObject({ data: z.record(z.string(), z.unknown()) }) });

/** What Vault says of an entry's key and of when the entry was written. The calls that give a value are not made. */
export async function heldInVault(vault: VaultSettings, { path, key }: InVault): Promise<Held> {
  try {
    const known = await askVault(vault, { method: "GET", path: `${vault.mount}/metadata/${path}` });
    if (known.status === 404) return { state: "missing" };
    const { current_version, versions: all } = versions.parse(succeeded(vault, known).body).data;
    const current = all[String(current_version)];
    if (current === undefined || current.destroyed || current.deletion_time !== "") return { state: "missing" };
    const keys = await askVault(vault, { method: "GET", path: `${vault.mount}/subkeys/${path}` });
    if (keys.status === 404) return { state: "missing" };
    return Object.hasOwn(subkeys.parse(succeeded(vault, keys).body).data.subkeys, key)
      ? { state: "there", since: current.created_time }
      : { state: "missing" };
  } catch (error) {
    if (error instanceof UserError) return { state: "not told", why: error.message };
    if (error instanceof z.ZodError) return { state: "not told", why: notKv2(vault) };
    throw error;
  }
}

/** The value. Throws a UserError that names entry and key where there is none. */
export async function readFromVault(vault: VaultSettings, { path, key }: InVault): Promise<string> {
  const answer = await askVault(vault, { method: "GET", path: `${vault.mount}/data/${path}` });
  const value =
    answer.status === 404 ? undefined : values.safeParse(succeeded(vault, answer).body).data?.data.data[key];
  if (typeof value === "string" && value !== "") return value;
  const what = answer.status === 404 ? `has no entry ${path}` : `has no key ${key} in the entry ${path}`;
  throw new UserError(
    `Vault ${what} below ${vault.mount}; run: ${howToSetInVault(vault, { kind: "vault", path, key }, true)}`,
  );
}

/** Sets one key; the entry's others stay. A new entry is made only where there is none: nothing is written over. */
export async function writeToVault(vault: VaultSettings, { path, key }: InVault, value: string): Promise<void> {
  const to = `${vault.mount}/data/${path}`;
  const data = { [key]: value };
  const changed = await askVault(vault, { method: "PATCH", path: to, body: { data } });
  if (changed.status !== 404) return void succeeded(vault, changed);
  succeeded(vault, await askVault(vault, { method: "POST", path: to, body: { data, options: { cas: 0 } } }));
}

/** The value comes by stdin. `-cas=0` writes over no entry that is there after all. */
export function howToSetInVault(vault: VaultSettings | undefined, { path, key }: InVault, isMissing: boolean): string {
  const words = isMissing ? "put -cas=0" : "patch";
  return `vault kv ${words} -mount=${vault?.mount ?? "secret"} ${path} ${key}=-`;
}

function succeeded(vault: VaultSettings, answer: Answer): Answer {
  if (answer.status >= 200 && answer.status < 300) return answer;
  throw new UserError(
    answer.status === 404 ? notKv2(vault) : `Vault at ${vault.address} answers ${answer.status}; nothing was changed`,
  );
}

const notKv2 = ({ address, mount }: VaultSettings): string =>
  `Vault at ${address} has no KV engine of version 2 at ${mount}; correct vault.mount, or run: vault secrets enable -path=${mount} -version=2 kv`;
