import { thresholdsOf } from "../alerts/thresholds.ts";
import type { Settings } from "../settings.ts";
import type { Dashboard, Panel, Shown } from "./dashboard.ts";
import { lines } from "./dashboard.ts";

/** A question that people ask the log lines. */
export interface LogQuery {
  readonly title: string;
  readonly answers: string;
  /** LogQL; `$name` is what a person types above the panels. */
  readonly query: string;
  /** Where it counts lines: the name of each count. Otherwise it finds them. */
  readonly counts?: string;
}

/** The questions, in the order in which they come up. */
export function logQueries({ stack, backend, alerts }: Settings): readonly LogQuery[] {
  const application = `{stack="${stack}",service=~"backend|worker"}`;
  const requests = `{stack="${stack}",service="backend"}`;
  const slow = thresholdsOf(alerts, "SlowResponseTime").responseTimeP95.seconds;
  return [
    {
      title: "All of a request",
      answers: "What did every service do for this correlation id?",
      query: `{stack="${stack}"} |= "$correlation_id"`,
    },
    {
      title: "Errors by route",
      answers: "Where do 5xx come from?",
      query: `sum by (route, status) (count_over_time(${requests} | json route="route", status="status" | route != "" | status >= 500 [$__auto]))`,
      counts: "{{status}} {{route}}",
    },
    {
      title: "Slow requests",
      answers: `Which requests took longer than ${slow} s?`,
      query: `${requests} | json route="route", duration_seconds="duration_seconds" | route != "" | duration_seconds > ${slow}`,
    },
    {
      title: "Failed logins",
      answers: "Who could not get in, and from where?",
      query: `${requests} |= "${backend.logEvents.loginFailed}" | json event="event", name="name", client="client" | event = "${backend.logEvents.loginFailed}"`,
    },
    {
      title: "What one user did",
      answers: "Which lines are of this user, audit included?",
      query: `${application} | json user_name="user_name", name="name" | user_name = "$user" or name = "$user"`,
    },
    {
      title: "Errors by version",
      answers: "Is the new release worse than the one before?",
      query: `sum by (service, version) (count_over_time(${application.replace("}", ',level=~"ERROR|CRITICAL"}')} | json version="version" | version != "" [$__auto]))`,
      counts: "{{service}} {{version}}",
    },
  ];
}

/** The saved list: a panel a question. Where lines are no JSON, only what finds a text can be asked. */
export function logQueriesDashboard(shown: Shown): Dashboard {
  const isJson = shown.loggers.some(({ name, format }) => name === "backend" && format === "json");
  const asked = logQueries(shown.settings).slice(0, isJson ? undefined : 1);
  return {
    uid: "log-queries",
    title: "Log queries",
    description: "Questions that people ask the log lines; open one in Explore to go on from there.",
    variables: [
      { kind: "text", name: "correlation_id", title: "Correlation id", initial: "" },
      ...(isJson ? ([{ kind: "text", name: "user", title: "User", initial: "" }] as const) : []),
    ],
    rows: [{ title: "Questions", panels: shown.loggers.length === 0 ? [] : asked.map(panel) }],
  };
}

const panel = ({ title, answers, query, counts }: LogQuery): Panel =>
  counts === undefined
    ? { kind: "log", title, description: answers, width: 24, query }
    : lines({ title, description: answers, unit: "short", source: "loki", width: 24 }, [query, counts]);
