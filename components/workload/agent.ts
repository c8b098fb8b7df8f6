import type { Image } from "./image.ts";
import type { SecretFile, SecretSource } from "./secret.ts";

/**
 * Vault's agent beside one workload: it logs in as that workload and writes the secret files that Vault holds. The workload
 * finds them at their paths, as those that a target writes.
 */
export interface SecretAgent {
  readonly image: Image;
  readonly vault: VaultServer;
  /** Of Vault's auth method: it has the workload's policy and no other. */
  readonly role: string;
  readonly login: VaultLogin;
  readonly files: readonly VaultFile[];
}

export interface VaultServer {
  /** As `https://vault.example.com:8200`. */
  readonly address: string;
  /** Of the KV engine, version 2. */
  readonly mount: string;
  /** PEM of the authority that signed Vault's certificate; default: those that the image trusts. */
  readonly caCertificate?: string;
  /** Its addresses, as `10.0.7.0/24`: the way out leads there alone; default: to its port anywhere. */
  readonly cidr?: string;
}

/** How the agent shows who it is; `mount` is the auth method's path. */
export type VaultLogin =
  | {
      readonly kind: "approle";
      readonly mount: string;
      readonly roleId: SecretSource;
      readonly secretId: SecretSource;
    }
  /** By the token of the pod's own service account. */
  | { readonly kind: "kubernetes"; readonly mount: string };

export interface VaultFile extends SecretFile {
  /** Entry below the mount, and the key in it. */
  readonly entry: string;
  readonly key: string;
}

/** TCP port of Vault, which firewalls are opened for. */
export function vaultPort({ address }: VaultServer): number {
  const { port, protocol } = new URL(address);
  return port === "" ? (protocol === "http:" ? 80 : 443) : Number(port);
}

/** What the agent's container knows its credentials by; empty where it needs none of ours. */
export const agentCredentials = ({
  login,
}: SecretAgent): readonly { readonly name: string; readonly source: SecretSource }[] =>
  login.kind === "kubernetes"
    ? []
    : [
        { name: "AGENT_ROLE_ID", source: login.roleId },
        { name: "AGENT_SECRET_ID", source: login.secretId },
      ];
