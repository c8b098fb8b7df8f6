import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { z } from "zod";
import { jsonOf } from "../json.ts";
import { root } from "../root.ts";

/** What a registry knows of weaknesses in the packages of the lock file. */
export type Audit =
  | { readonly kind: "clean"; readonly told: number }
  | { readonly kind: "weak"; readonly problems: readonly string[] }
  /** The registry, or what stands in its place, does not know: that is neither. */
  | { readonly kind: "unanswered"; readonly why: string };

const report = z.object({
  vulnerabilities: z.record(
    z.string(),
    z.object({
      severity: z.string(),
      range: z.string(),
      via: z.array(z.union([z.string(), z.object({ title: z.string(), url: z.string() })])),
      fixAvailable: z.union([z.boolean(), z.object({ name: z.string(), version: z.string() })]),
    }),
  ),
});
const failure = z.union([
  z.object({ message: z.string() }).transform(({ message }) => message),
  z.object({ error: z.object({ summary: z.string() }) }).transform(({ error }) => error.summary),
]);

/** For the others npm has no fix so often that people would learn to look away; they are counted. */
const serious = ["high", "critical"];

/** Milliseconds after which the registry is taken for silent. */
const patience = 60_000;

/**
 * Asks the registry by `npm audit` what runs in production; what only tests need reaches no customer.
 * @param words more options of npm.
 */
export async function audit(words: readonly string[] = [], folder = root): Promise<Audit> {
  const npm = spawn("npm", ["audit", "--json", "--omit=dev", "--package-lock-only", ...words], {
    cwd: folder,
    stdio: ["ignore", "pipe", "ignore"],
    timeout: patience,
  });
  const failed = new Promise<string>((resolve) =>
    npm.once("error", ({ message }) => resolve(JSON.stringify({ message }))),
  );
  return readAudit(await Promise.race([text(npm.stdout), failed]));
}

/** @param printed by `npm audit --json`. */
export function readAudit(printed: string): Audit {
  const answer = jsonOf(printed);
  const read = report.safeParse(answer);
  if (!read.success) {
    const why = failure.safeParse(answer).data ?? "the registry does not answer";
    return { kind: "unanswered", why };
  }
  const all = Object.entries(read.data.vulnerabilities);
  const problems = all
    .filter(([, { severity }]) => serious.includes(severity))
    .map(([name, { severity, range, via, fixAvailable }]) => {
      const reasons = via.map((reason) =>
        typeof reason === "string" ? `by ${reason}` : `${reason.title} ${reason.url}`,
      );
      const way = fixAvailable === false ? "no version mends it yet" : "npm update mends it";
      return `${name} ${range}: ${severity}: ${reasons.join("; ")}; ${way}`;
    });
  return problems.length > 0 ? { kind: "weak", problems } : { kind: "clean", told: all.length };
}
