/** A Vault to try things on: the stand-in, or a real one. Its KV engine of version 2 is at `secret`. */
export interface VaultPlace {
  readonly address: string;
  /** May do everything. */
  readonly rootToken: string;
  seal(): Promise<void>;
  unseal(): Promise<void>;
  close(): Promise<void>;
}

/** Asks as somebody, without what `askVault` makes of the answer. */
export async function rawly(
  { address }: Pick<VaultPlace, "address">,
  token: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<{ readonly status: number; readonly body: unknown }> {
  const response = await fetch(`${address}/v1/${path}`, {
    method,
    headers: { "X-Vault-Token": token, "Content-Type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === "" ? undefined : JSON.parse(text) };
}
