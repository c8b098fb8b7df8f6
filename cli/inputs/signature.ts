import { execFile } from "node:child_process";
import { UserError } from "../console/error.ts";

export type Verdict = { readonly kind: "signed" } | { readonly kind: "unsigned"; readonly why: string };

/** Who signs in GitHub Actions. */
const issuer = "https://token.actions.githubusercontent.com";

/** How long the signatures' log may take to answer, in milliseconds. */
const patience = 120_000;

/**
 * Asks cosign whether an image has a signature of this workflow on this branch, as
 * `https://github.com/acme/trading/.github/workflows/ci-cd.yml@refs/heads/main`:
 * https://docs.sigstore.dev/quickstart/verification-cheat-sheet/. Throws a UserError where there is no cosign.
 * @param reference with its digest.
 */
export function signedBy(identity: string, program = "cosign"): (reference: string) => Promise<Verdict> {
  return (reference) =>
    new Promise((resolve, reject) => {
      const words = ["verify", "--certificate-identity", identity, "--certificate-oidc-issuer", issuer, reference];
      execFile(program, words, { timeout: patience }, (error, _, said) => {
        if (error === null) resolve({ kind: "signed" });
        else if (error.code === "ENOENT")
          reject(new UserError(`--signed-by needs ${program}: install it, or leave it out`));
        else resolve({ kind: "unsigned", why: lastLine(said) ?? `cosign ended without a word (${error.message})` });
      });
    });
}

const lastLine = (text: string): string | undefined => text.trim().split("\n").at(-1) || undefined;
