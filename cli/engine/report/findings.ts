import type { PolicyFinding, RunResult } from "../result.ts";

type Judged = Pick<RunResult, "stack" | "violations" | "warnings" | "diagnostics">;

/** One line a finding: what it is about, which policy, what it says. */
export function findingLines(results: readonly Judged[]): readonly string[] {
  return results.flatMap(({ stack, violations, warnings, diagnostics }) => [
    ...violations.map((finding) => `violation  ${stack}  ${findingText(finding)}`),
    ...warnings.filter((one) => !isAccepted(one)).map((finding) => `warning    ${stack}  ${findingText(finding)}`),
    ...acceptedLines(stack, warnings.filter(isAccepted)),
    ...diagnostics
      .filter(({ severity }) => severity !== "info")
      .map(({ severity, urn, message }) => {
        const about = urn === "" ? "" : `${urn.split("::").at(-1)}: `;
        return `${severity.padEnd(9)}  ${stack}  ${about}${inOurWords(message, stack)}`;
      }),
  ]);
}

/** The engine's advice about operations that were cut off is for its own terminal commands. */
function inOurWords(message: string, stack: string): string {
  if (!/^Attempting to deploy or update resources with \d+ pending operations/.test(message)) return message;
  const cutOff = [...message.matchAll(/^\s+\* (\S+), interrupted while (\w+)/gm)].map(
    ([, urn = "", doing]) => `${urn.split("::").at(-1)} (${doing})`,
  );
  return (
    `an earlier run was killed while it was at ${cutOff.join(", ")}; whether they exist is not known. ` +
    `Delete by hand what was half made, then ./platform refresh ${stack} forgets it`
  );
}

const findingText = (finding: PolicyFinding): string => `${aboutOf(finding)}  ${finding.policy}: ${newsOf(finding)}`;

const aboutOf = ({ resource, type }: PolicyFinding): string =>
  resource === "" ? "the stack" : `${resource} (${type})`;

/** A policy's message stands alone in plain Pulumi's output, so it may begin with what is said here anyway. */
const newsOf = ({ resource, policy, message }: PolicyFinding): string =>
  [`${resource}: `, `${policy}: `].reduce(
    (text, prefix) => (text.startsWith(prefix) ? text.slice(prefix.length) : text),
    message.split(/\s*\n\s*/).join(" "),
  );

/** What the program gives a reason for: no news after the first time, so all that share one stand in one line. */
const isAccepted = (finding: PolicyFinding): boolean => newsOf(finding).startsWith("accepted: ");

function acceptedLines(stack: string, accepted: readonly PolicyFinding[]): readonly string[] {
  const groups = Map.groupBy(accepted, (finding) => `${finding.policy}: ${newsOf(finding).slice("accepted: ".length)}`);
  return [...groups].map(([text, findings]) => {
    const names = [...new Set(findings.map(({ resource }) => resource))].join(", ");
    return `accepted   ${stack}  ${text} (${names})`;
  });
}
