import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../console/error.ts";
import { say } from "../console/progress.ts";

/** Where GitHub's REST API is, and who asks. */
export interface GitHubAccess {
  /** Without a slash at the end, as `https://api.github.com`. */
  readonly url: string;
  /** Never printed. */
  readonly token: string;
  /** Default: this machine's clock. For tests. */
  readonly clock?: Clock;
}

export interface Clock {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<unknown>;
}

export interface GitHubAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/** In place of a status where nobody answers; no server says it. */
const noAnswer = 599;

const machineClock: Clock = { now: Date.now, sleep };

/** A limit that lasts longer is told to a person in place of waited for; one by the hour may. In seconds. */
const longestWait = 900;
const mostTries = 5;

/**
 * Before each request that changes something, in milliseconds: GitHub asks for a second between two.
 * https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#pause-between-mutative-requests
 */
const pauseBeforeChange = 1000;

/**
 * Asks the API; waits and asks again where GitHub says that it is asked too much, or has a fault of its own. Answers of
 * any other status are the caller's to judge. Throws a UserError where that takes too long or nobody answers.
 */
export async function askGitHub(access: GitHubAccess, method: "GET" | "DELETE", path: string): Promise<GitHubAnswer> {
  const { now, sleep: wait } = access.clock ?? machineClock;
  if (method === "DELETE") await wait(pauseBeforeChange);
  for (let tries = 1; ; tries++) {
    const answer = await askOnce(access, method, path);
    const seconds = secondsToWait(answer, now(), tries);
    if (seconds === undefined) return answer;
    if (tries === mostTries || seconds > longestWait) throw tooLong(access, answer, now() + seconds * 1000);
    say(
      `GitHub ${answer.status === noAnswer ? "does not answer" : `says ${answer.status}`}; asking again in ${seconds} s`,
    );
    await wait(seconds * 1000);
  }
}

/** The items of all pages of a list. `refuse` makes the error of an answer that is no list. */
export async function allPages(
  access: GitHubAccess,
  path: string,
  refuse: (answer: GitHubAnswer) => UserError,
): Promise<readonly unknown[]> {
  const items: unknown[] = [];
  for (let next: string | undefined = path; next !== undefined; ) {
    const answer = await askGitHub(access, "GET", next);
    if (answer.status !== 200) throw refuse(answer);
    const page: unknown = JSON.parse(answer.body);
    if (!Array.isArray(page)) throw refuse(answer);
    items.push(...page);
    next = nextPage(answer.headers.get("link") ?? "", access.url);
  }
  return items;
}

/**
 * Seconds after which a request is worth asking again; undefined for an answer that will not change.
 * https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
 * @param now milliseconds since 1970.
 */
function secondsToWait({ status, headers, body }: GitHubAnswer, now: number, tries: number): number | undefined {
  if (status >= 500) return 2 ** tries;
  if (status !== 403 && status !== 429) return undefined;
  const after = Number(headers.get("retry-after") ?? Number.NaN);
  if (Number.isFinite(after)) return Math.max(1, after);
  if (headers.get("x-ratelimit-remaining") === "0") {
    const reset = Number(headers.get("x-ratelimit-reset"));
    return Math.max(1, Math.ceil(reset - now / 1000));
  }
  return status === 429 || /rate limit/i.test(body) ? 60 * 2 ** (tries - 1) : undefined;
}

/** The message of an answer that is an error, on one line. */
export function messageOf({ body }: GitHubAnswer): string {
  try {
    const { message }: { message?: unknown } = JSON.parse(body);
    return typeof message === "string" ? message : "";
  } catch {
    return "";
  }
}

async function askOnce(access: GitHubAccess, method: string, path: string): Promise<GitHubAnswer> {
  const request = {
    method,
    headers: {
      accept: "application/vnd.github+json",
      authorization: `Bearer ${access.token}`,
      "x-github-api-version": "2022-11-28",
      "user-agent": "trading-platform",
    },
    signal: AbortSignal.timeout(30_000),
  };
  try {
    const answer = await fetch(`${access.url}${path}`, request);
    return { status: answer.status, headers: answer.headers, body: await answer.text() };
  } catch (error) {
    const why = error instanceof Error ? String(error.cause ?? error.message) : String(error);
    return { status: noAnswer, headers: new Headers(), body: JSON.stringify({ message: why }) };
  }
}

/** Path of the page that a `Link` header calls next. The token goes nowhere but to the API. */
function nextPage(link: string, url: string): string | undefined {
  const [, next] = /<([^>]+)>;\s*rel="next"/.exec(link) ?? [];
  if (next === undefined) return undefined;
  if (!next.startsWith(`${url}/`)) throw new UserError(`GitHub's next page is at ${next}, which is not below ${url}`);
  return next.slice(url.length);
}

function tooLong({ url }: GitHubAccess, answer: GitHubAnswer, until: number): UserError {
  if (answer.status === noAnswer) return new UserError(`${url} does not answer: ${messageOf(answer)}`);
  if (answer.status >= 500) {
    return new UserError(`${url} says ${answer.status} again and again, a fault of its own: run it again later`);
  }
  const time = new Date(until).toISOString().slice(11, 16);
  return new UserError(`GitHub's limit of requests is used up (${answer.status}): run it again after ${time} UTC`);
}
