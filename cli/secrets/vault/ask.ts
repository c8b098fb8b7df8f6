import { existsSync, readFileSync } from "node:fs";
import { request as overHttp } from "node:http";
import { request as overHttps } from "node:https";
import { homedir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { VaultSettings } from "../../../components/vault/settings.ts";
import { UserError } from "../../console/error.ts";
import { jsonOf } from "../../json.ts";

/** A request to Vault's HTTP API, below `/v1/`. */
export interface Question {
  readonly method: "GET" | "POST" | "PATCH";
  readonly path: string;
  readonly body?: unknown;
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** Longer than a Vault that lives, shorter than a person's patience. */
const patience = 10_000;

/**
 * Asks Vault by the token of whoever calls (`VAULT_TOKEN`, else what `vault login` keeps). Throws a UserError with the way
 * out where Vault is away, sealed, or refuses the token; other answers are the caller's to judge. No value is in a message.
 */
export async function askVault(vault: VaultSettings, question: Question): Promise<Answer> {
  const answer = await send(vault, question, tokenOf(vault));
  if (answer.status === 503 || answer.status === 501) throw new UserError(closed(vault, answer.status));
  if (answer.status === 403) throw new UserError(refused(vault, question));
  return answer;
}

/** Throws a UserError where Vault is sealed or was never set up; answers why it does not answer at all. Needs no token. */
export async function sealOf(vault: VaultSettings): Promise<string | undefined> {
  let status: number;
  try {
    ({ status } = await send(vault, { method: "GET", path: "sys/health?standbyok=true&perfstandbyok=true" }, ""));
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
  if (status === 503 || status === 501) throw new UserError(closed(vault, status));
  return undefined;
}

const closed = ({ address }: VaultSettings, status: number): string =>
  status === 501
    ? `Vault at ${address} was never set up; run: vault operator init -address=${address}; nothing was changed`
    : `Vault at ${address} is sealed; run: vault operator unseal -address=${address}, and call again; nothing was changed`;

const refused = ({ address }: VaultSettings, { method, path }: Question): string =>
  `Vault at ${address} refuses your token for ${method} ${path}: it has expired, or its policy does not say so; run: vault login -address=${address} (./platform secrets policies prints the policy that is needed); nothing was changed`;

function tokenOf({ address }: VaultSettings): string {
  const said = process.env.VAULT_TOKEN;
  if (said !== undefined && said !== "") return said;
  const file = join(process.env.HOME || homedir(), ".vault-token");
  const kept = existsSync(file) ? readFileSync(file, "utf8").trim() : "";
  if (kept !== "") return kept;
  throw new UserError(`nobody is logged in to Vault; run: vault login -address=${address}, or set VAULT_TOKEN`);
}

async function send(vault: VaultSettings, { method, path, body }: Question, token: string): Promise<Answer> {
  const { address, caCertificate } = vault;
  const url = new URL(`/v1/${path}`, address);
  const headers = {
    "X-Vault-Token": token,
    "X-Vault-Request": "true",
    ...(body === undefined
      ? {}
      : { "Content-Type": method === "PATCH" ? "application/merge-patch+json" : "application/json" }),
  };
  const options = {
    method,
    headers,
    signal: AbortSignal.timeout(patience),
    ...(caCertificate === undefined ? {} : { ca: caCertificate }),
  };
  try {
    return await new Promise<Answer>((resolve, reject) => {
      const asked = (url.protocol === "http:" ? overHttp : overHttps)(url, options, (response) => {
        text(response).then((said) => resolve({ status: response.statusCode ?? 0, body: jsonOf(said) }), reject);
      });
      asked.on("error", reject);
      asked.end(body === undefined ? undefined : JSON.stringify(body));
    });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UserError(
      `Vault at ${address} does not answer (${why}); start it, or correct vault.address; nothing was changed`,
    );
  }
}
