import { createHash } from "node:crypto";

/** A strategy tried on past prices: buy while the fast average is above the slow one, else hold nothing. */
export interface BacktestRequest {
  readonly symbol: string;
  /** Days of the two moving averages; fast < slow < days. */
  readonly fast: number;
  readonly slow: number;
  readonly days: number;
}

export const backtestStates = ["queued", "running", "finished", "failed"] as const;
export type BacktestState = (typeof backtestStates)[number];

export interface BacktestResult {
  readonly returnPercent: number;
  /** The deepest fall below an earlier height. */
  readonly drawdownPercent: number;
  readonly trades: number;
  /** Of simply holding, to compare with. */
  readonly holdPercent: number;
}

export interface Backtest extends BacktestRequest {
  readonly id: string;
  readonly userId: string;
  readonly state: BacktestState;
  readonly result?: BacktestResult;
  readonly reason?: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** Workers that may die on one backtest, until it is the backtest that is taken for the cause. */
export const mostAttempts = 3;

export function runBacktest({ symbol, fast, slow, days }: BacktestRequest): BacktestResult {
  const prices = pastPrices(symbol, days);
  const [quick, calm] = [movingAverage(prices, fast), movingAverage(prices, slow)];
  let [worth, height, drawdown, trades, invested] = [1, 1, 0, 0, false];
  for (let day = slow; day < days; day++) {
    const [before = 1, now = 1] = [prices[day - 1], prices[day]];
    if (invested) worth *= now / before;
    const wanted = (quick[day] ?? 0) > (calm[day] ?? 0);
    if (wanted !== invested) trades += 1;
    invested = wanted;
    height = Math.max(height, worth);
    drawdown = Math.max(drawdown, 1 - worth / height);
  }
  const [first = 1, last = 1] = [prices[slow], prices[days - 1]];
  return {
    returnPercent: percent(worth - 1),
    drawdownPercent: percent(drawdown),
    trades,
    holdPercent: percent(last / first - 1),
  };
}

/** Daily prices of a symbol: a random walk that is the same each time. */
export function pastPrices(symbol: string, days: number): readonly number[] {
  const random = randomFrom(createHash("sha256").update(symbol).digest().readUInt32BE(0));
  let price = 100;
  return Array.from({ length: days }, () => {
    // At most 2 % a day, with a slight rise.
    price *= 1 + (random() - 0.495) * 0.04;
    return price;
  });
}

/** The mean of the last `width` values, from where there are so many. */
export function movingAverage(values: readonly number[], width: number): readonly number[] {
  let sum = 0;
  return values.map((value, index) => {
    sum += value - (values[index - width] ?? 0);
    return index < width - 1 ? Number.NaN : sum / width;
  });
}

/** mulberry32: small, and the same on every machine. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const percent = (share: number): number => Math.round(share * 10_000) / 100;
