/** Mistakes in code rather than in what a person wrote into a settings file: where it happened helps. */
const codeErrors = new Set(["TypeError", "ReferenceError", "RangeError", "SyntaxError", "AssertionError"]);

/** An error as one readable message: a program's own words, and for a mistake in the code also where it is. */
export function describeProblem(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (!codeErrors.has(error.name)) return error.message;
  const place = error.stack
    ?.split("\n")
    .find((line) => /^\s+at .*\.ts:\d+/.test(line) && !line.includes("node_modules"));
  return `${error.name}: ${error.message}${place === undefined ? "" : `\n  ${place.trim()}`}`;
}
