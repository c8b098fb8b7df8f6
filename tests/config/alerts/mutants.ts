import type { Alert } from "../../../components/alerts/alert.ts";

/** An alert with one thing changed that must not be. */
export interface Mutant {
  readonly what: string;
  readonly alert: Alert;
}

/** Every comparison flipped, every threshold moved by a fifth, and `for` half and twice as long. */
export function mutantsOf(alert: Alert): readonly Mutant[] {
  const comparisons = [...alert.expression.matchAll(/(==|!=|>=|<=|>|<)(?= )( ?)(\d+(?:\.\d+)?)?/g)];
  const inExpression = comparisons.flatMap((match) => {
    const [whole, operator = "", space = "", number] = match;
    const put = (text: string): string =>
      alert.expression.slice(0, match.index) + text + alert.expression.slice(match.index + whole.length);
    return [
      `${flipped[operator]}${space}${number ?? ""}`,
      ...moved(Number(number ?? 0)).map((each) => `${operator}${space}${each}`),
    ].map((text) => ({ what: `${whole} → ${text}`, alert: { ...alert, expression: put(text) } }));
  });
  const waits = alert.for.seconds === 0 ? [] : [0.5, 2].map((factor) => alert.for.seconds * factor);
  return [
    ...inExpression,
    ...waits.map((seconds) => ({
      what: `for ${alert.for.seconds} s → ${seconds} s`,
      alert: { ...alert, for: { seconds } },
    })),
  ];
}

const flipped: Readonly<Record<string, string>> = { ">": "<", "<": ">", "==": "!=", "!=": "==", ">=": "<", "<=": ">" };

/** A fifth up and down; a small whole number counts things, and moves by one. Zero has no fifth. */
function moved(threshold: number): readonly number[] {
  if (threshold === 0) return [];
  if (Number.isInteger(threshold) && threshold < 5) return [threshold + 1, threshold - 1];
  return [threshold * 1.2, threshold * 0.8].map((each) => Number(each.toPrecision(12)));
}
