import type { PolicyFinding, RunResult } from "../result.ts";

/** One line a finding: what it is about, which policy, what it says. */
export function findingLines(results: readonly RunResult[]): readonly string[] {
  return results.flatMap(({ stack, violations, warnings, diagnostics }) => [
    ...violations.map((finding) => `violation  ${stack}  ${findingText(finding)}`),
    ...warnings.map((finding) => `warning    ${stack}  ${findingText(finding)}`),
    ...diagnostics
      .filter(({ severity }) => severity !== "info")
      .map(({ severity, urn, message }) => {
        const about = urn === "" ? "" : `${urn.split("::").at(-1)}: `;
        return `${severity.padEnd(9)}  ${stack}  ${about}${message}`;
      }),
  ]);
}

function findingText({ resource, type, policy, message }: PolicyFinding): string {
  const about = resource === "" ? "the stack" : `${resource} (${type})`;
  // A policy's message stands alone in plain Pulumi's output, so it may begin with what is said here anyway.
  const news = [`${resource}: `, `${policy}: `].reduce(
    (text, prefix) => (text.startsWith(prefix) ? text.slice(prefix.length) : text),
    message.split(/\s*\n\s*/).join(" "),
  );
  return `${about}  ${policy}: ${news}`;
}
