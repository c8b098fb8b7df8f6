import { joinWait } from "../log-pace.ts";
import { formatDuration } from "../workload/index.ts";
import { maskStages } from "./masks.ts";

/**
 * What Promtail makes of a line, in this order: whole (stack traces joined), without secrets, its level a label, its
 * correlation id beside it, its time its own. Lines that are no JSON pass all the same, with what can be read of them.
 */
export const pipelineStages = (): readonly object[] => [
  ownDebugging,
  joined,
  ...maskStages,
  { json: { expressions: { level: "level", correlation_id: "correlation_id", timestamp: "timestamp" } } },
  { regex: { expression: levelOfText } },
  template("level", levelTemplate),
  { labels: { level: null } },
  template("correlation_id", `{{ if regexMatch "${sane}" . }}{{ . }}{{ end }}`),
  // One a request: as a label it would be a stream each, so it stands beside the line.
  { structured_metadata: { correlation_id: null } },
  template("timestamp", ownTime),
  // What cannot be read keeps the container runtime's time; Promtail's default would invent one.
  { timestamp: { source: "timestamp", format: "RFC3339Nano", action_on_failure: "skip" } },
];

/**
 * Promtail's own lines of debugging stay in its container's log: for each line that it reads it writes some ten, with what the
 * line said before it was masked, so that reading them would make ten more of each, without end. This stage writes none
 * (https://github.com/grafana/loki/blob/v3.4.2/clients/pkg/logentry/stages/match.go).
 */
const ownDebugging = {
  match: {
    selector: String.raw`{service="promtail"} |= "\"level\":\"debug\""`,
    action: "drop",
    drop_counter_reason: "own_debugging",
  },
};

/** Of a value that the line may lack; the value is the dot, and an empty result removes it. */
const template = (source: string, text: string) => ({
  template: { source, template: `{{ with .Value }}${text}{{ end }}` },
});

/**
 * A line that begins with a space or a brace goes on the one before: stack traces, statements of PostgreSQL, what Node
 * prints of an object. After `joinWait` without a line, the last one is whole.
 */
const joined = {
  multiline: { firstline: String.raw`^[^\s})\]]`, max_wait_time: formatDuration(joinWait), max_lines: 500 },
};

/** The backend's console, PostgreSQL, nginx' error log and logfmt, each in its own place of the line. */
const levelOfText = String.raw`^(?:[\d:]+\.\d+ |[\d-]+ [\d:.]+ \w+ \[\d+\] |[\d/]+ [\d:]+ \[|[^{].*?\blevel=)"?(?P<level>[A-Za-z]+)`;

/** Words of the products for the five levels; any other word is no level, so that the label stays bounded. */
const levelWords: Readonly<Record<string, readonly string[]>> = {
  DEBUG: ["debug", "trace"],
  INFO: ["info", "notice", "log"],
  WARNING: ["warning", "warn"],
  ERROR: ["error", "err"],
  CRITICAL: ["critical", "crit", "fatal", "panic", "alert", "emerg"],
};

const levelTemplate = `{{ get (dict ${Object.entries(levelWords)
  .flatMap(([level, words]) => words.map((word) => `"${word}" "${level}"`))
  .join(" ")}) (lower .) }}`;

/** As the gateway and the backend let it through (components/application/gateway-config.ts): what is longer Loki might refuse. */
const sane = "^[A-Za-z0-9_-]{8,64}$";

/**
 * The line's own time where it has fractions of a second (nginx' has none: its lines would lose their order), and is of
 * the last hour: Loki refuses what is far behind its stream or in the future, and a line may say anything.
 */
const ownTime = [
  String.raw`{{ if regexMatch "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d+(Z|[+-]\\d\\d:\\d\\d)$" . }}`,
  `{{ $age := sub now.Unix (toDate "2006-01-02T15:04:05.999999999Z07:00" .).Unix }}`,
  `{{ if and (lt $age 3000) (gt $age -60) }}{{ . }}{{ end }}{{ end }}`,
].join("");
