/** The value in the middle; of an even number the lower of the two. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted[Math.floor((sorted.length - 1) / 2)];
  if (middle === undefined) throw new RangeError("the median of nothing was asked for");
  return middle;
}

/** Runs both in turn, A B A B …, so that a machine that slows down slows both; the first round does not count. */
export async function pairs<T>(
  rounds: number,
  a: () => Promise<T>,
  b: () => Promise<T>,
): Promise<readonly (readonly [T, T])[]> {
  const results: (readonly [T, T])[] = [];
  for (let round = 0; round <= rounds; round++) {
    const pair = [await a(), await b()] as const;
    if (round > 0) results.push(pair);
  }
  return results;
}

export const ratio = (a: number, b: number): string => `${(a / b).toFixed(2)}×`;
export const inSeconds = (value: number): string => value.toFixed(2);
