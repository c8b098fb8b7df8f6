import { type Row, time } from "./rows.ts";

/** As the API writes it: services/backend/http/routes/backtests.ts. */
export interface Backtest {
  readonly id: string;
  readonly state: "queued" | "running" | "finished" | "failed";
  readonly symbol: string;
  readonly fast: number;
  readonly slow: number;
  readonly days: number;
  readonly result?: { readonly return_percent: number; readonly hold_percent: number };
  readonly reason?: string;
  readonly created_at: string;
}

/** What the API takes, of what a form says. */
export const backtestFrom = ({ symbol, ...days }: Readonly<Record<string, string>>) => ({
  symbol,
  ...Object.fromEntries(Object.entries(days).map(([name, text]) => [name, Number(text)])),
});

export const backtestRow = (backtest: Backtest): Row => ({
  id: `backtest-${backtest.id}`,
  cells: [
    { text: time(backtest.created_at) },
    { text: backtest.symbol },
    { text: `${backtest.fast}/${backtest.slow} over ${backtest.days} days` },
    { text: backtest.state, state: backtest.state },
    { text: percent(backtest.result?.return_percent) || (backtest.reason ?? "") },
    { text: percent(backtest.result?.hold_percent) },
  ],
});

const percent = (value: number | undefined): string => (value === undefined ? "" : `${value.toFixed(2)} %`);

/** Milliseconds until the next look: soon while something moves. */
export const backtestPause = (backtests: readonly Backtest[]): number =>
  backtests.some(({ state }) => state === "queued" || state === "running") ? 1_000 : 5_000;
