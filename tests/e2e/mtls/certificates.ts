import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { issueCertificate, makeAuthority } from "../../../cli/certs/authority.ts";
import type { KeyPair } from "../../../cli/engine/developer/certificate.ts";
import { authorityPath, identityPath } from "../../../components/mtls.ts";

/** Everybody of a test is this host; nginx compares the address in `proxy_pass` with the names. */
const names = (member: string): readonly string[] => [member, "localhost", "127.0.0.1"];

/** The files of members of a stack of a test, each in a folder of its own. */
export interface Certificates {
  /** Of a member, as it mounts them. */
  folderOf(member: string): string;
  /** In place of what is there, at once for a file and not for all: as a target does it. */
  write(member: string, authorities: string, pem: string): void;
}

export const certificatesIn = (folder: string, owner: (path: string) => void): Certificates => ({
  folderOf: (member) => join(folder, member),
  write: (member, authorities, pem) => {
    mkdirSync(join(folder, member), { recursive: true });
    for (const [path, text] of [
      [authorityPath, authorities],
      [identityPath, pem],
    ] as const) {
      const file = join(folder, member, path.slice(path.lastIndexOf("/") + 1));
      writeFileSync(`${file}.new`, text, { mode: 0o600 });
      owner(`${file}.new`);
      renameSync(`${file}.new`, file);
    }
  },
});

export const authority = (): Promise<KeyPair> => makeAuthority("test", new Date());

/** @param ends days from now; one that has ended has a negative number. */
export const issued = (by: KeyPair, member: string, ends = 30): Promise<string> => {
  const now = ends > 0 ? new Date() : new Date(Date.now() - 30 * 86_400_000);
  return issueCertificate(by, { member, names: names(member), days: ends > 0 ? ends : 30 + ends, now });
};
