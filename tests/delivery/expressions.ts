import { data, Evaluator, Lexer, Parser } from "@actions/expressions";
import { truthy } from "@actions/expressions/result";

/** What an expression can ask, as `{ github: { ref: "refs/heads/main" } }`. */
export type Context = Readonly<Record<string, unknown>>;

/** How what went before has ended, all of it. */
export type Status = "success" | "failure" | "skipped";

const statusFunctions: Readonly<Record<string, (status: Status) => boolean>> = {
  always: () => true,
  success: (status) => status === "success",
  failure: (status) => status === "failure",
  cancelled: () => false,
};

/** Contexts that GitHub knows at a job or a step; another is an error, as it is there. */
const contexts = [
  "github",
  "needs",
  "steps",
  "env",
  "vars",
  "secrets",
  "inputs",
  "matrix",
  "runner",
  "job",
  "strategy",
];

/** Evaluates an expression by GitHub's own library. Throws for one that GitHub would refuse. */
function evaluate(text: string, context: Context, status: Status): data.ExpressionData {
  const functions = Object.entries(statusFunctions).map(([name, isSo]) => ({
    name,
    minArgs: 0,
    maxArgs: 0,
    call: () => new data.BooleanData(isSo(status)),
  }));
  const expression = new Parser(new Lexer(text).lex().tokens, contexts, functions).parse();
  const known = Object.fromEntries(contexts.map((name) => [name, context[name] ?? {}]));
  const values = JSON.parse(JSON.stringify(known), data.reviver);
  return new Evaluator(expression, values, new Map(functions.map((each) => [each.name, each]))).evaluate();
}

/**
 * Whether a job or a step with this condition is run. One that asks for no status is run after successes alone:
 * https://docs.github.com/en/actions/reference/workflows-and-actions/expressions#status-check-functions
 */
export function holds(condition: string | undefined, context: Context, status: Status): boolean {
  if (condition === undefined) return status === "success";
  const text = condition.replace(/^\$\{\{(.*)\}\}$/s, "$1");
  const asksStatus = Object.keys(statusFunctions).some((name) => text.includes(`${name}(`));
  return (asksStatus || status === "success") && truthy(evaluate(text, context, status));
}

/** The text with what each `${{ … }}` is. */
export const filledIn = (text: string, context: Context, status: Status = "success"): string =>
  text.replaceAll(/\$\{\{(.*?)\}\}/g, (_, expression: string) => evaluate(expression, context, status).coerceString());
