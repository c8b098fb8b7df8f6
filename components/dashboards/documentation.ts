import type { Settings } from "../settings.ts";
import { logQueries } from "./log-queries.ts";

/** docs/log-queries.md: the saved list, as that stack asks it. */
export const renderLogQueriesDocument = (settings: Settings): string =>
  [
    "<!-- Rendered by ./platform render from components/dashboards/log-queries.ts. -->",
    "# Log queries",
    `Questions that people ask the log lines: the dashboard \`log-queries\`, and here as ${settings.stack} asks them, for Explore or \`logcli\`.
\`$name\` is what a person types; \`$__auto\` is Grafana's (elsewhere a time, as \`5m\`). A line's correlation id is a link to the first question.`,
    ...logQueries(settings).map(
      ({ title, answers, query }) => `## ${title}\n\n${answers}\n\n\`\`\`logql\n${query}\n\`\`\``,
    ),
    "",
  ].join("\n\n");
