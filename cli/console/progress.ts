/** One line of news on stderr; stdout is for results. */
export const say = (line: string): void => console.error(`platform: ${line}`);

/** How often a long step says that it is still at work. */
const interval = 15_000;

/** Says what a long step does and roughly how long it takes, from time to time that it goes on, and how long it took. */
export async function step<T>(what: string, estimate: string, action: () => Promise<T>): Promise<T> {
  const started = Date.now();
  const elapsed = (): string => `${Math.round((Date.now() - started) / 1000)} s`;
  say(`${what} (about ${estimate}) …`);
  const ticker = setInterval(() => say(`still ${what}, ${elapsed()}`), interval);
  try {
    const result = await action();
    say(`${what}: done in ${elapsed()}`);
    return result;
  } finally {
    clearInterval(ticker);
  }
}
