/** What the gateway says itself, where nothing behind it answers or nothing may: pages for people, problems for programs. */

interface Problem {
  /** Of the location in nginx' configuration. */
  readonly name: string;
  readonly status: number;
  readonly title: string;
  readonly detail: string;
}

/** As the backend's own errors are: RFC 9457 "Problem Details for HTTP APIs". */
const problems: readonly Problem[] = [
  { name: "too_large", status: 413, title: "Content Too Large", detail: "the request is larger than 1 MB" },
  { name: "too_many", status: 429, title: "Too Many Requests", detail: "too many requests at once; try again" },
  // Not 503: whoever sent something cannot know whether it arrived.
  { name: "unreachable", status: 502, title: "Bad Gateway", detail: "the application does not answer; try again" },
  { name: "too_late", status: 504, title: "Gateway Timeout", detail: "the application did not answer in time" },
];

/** Seconds after which a client may ask again: a flood is let through again at once, an outage takes its time. */
export const retryAfter: readonly (readonly [status: number, seconds: number])[] = [
  [429, 1],
  [503, 10],
];

const maintenancePage = [
  '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="10">',
  "<title>Back soon</title></head><body><h1>Back soon</h1><p>The application does not answer at the moment.",
  "This page tries again by itself.</p><p>Correlation id: $correlation_id</p></body></html>",
].join("");

/** Which of the answers takes the place of nginx' own page, by status. */
export const apiErrorPages = problems.map(({ status, name }) => `error_page ${status} = @${name};`);
export const pageErrorPages = ["error_page 429 = @too_many;", "error_page 502 504 = @maintenance;"];

/** The locations that {@link apiErrorPages} and {@link pageErrorPages} lead to. */
export const answerLocations: readonly string[] = [
  ...problems.map(({ name, ...problem }) =>
    location(name, "application/problem+json", problem.status, problemText(problem)),
  ),
  location("maintenance", "text/html", 503, maintenancePage),
];

function problemText(problem: Omit<Problem, "name">): string {
  return JSON.stringify({ type: "about:blank", ...problem, correlation_id: "$correlation_id" });
}

function location(name: string, type: string, status: number, body: string): string {
  return `location @${name} {
    default_type ${type};
    return ${status} '${body}';
}`;
}
