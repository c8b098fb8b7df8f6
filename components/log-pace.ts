import { seconds } from "./workload/index.ts";

/** So long Promtail collects lines before it sends them: its own default, said, because the promise of log alerts counts it. */
export const batchWait = seconds(1);

/** So long Promtail waits for what might go on a line, as a stack trace does: whoever writes one writes it at once. */
export const joinWait = seconds(1);

/** Between two evaluations of log alerts: each reads its window's lines again, and none of them pages. */
export const rulerInterval = seconds(15);

/**
 * So long an answer of Loki may take: a query a minute (its own query_timeout), and one more try. Its own default and Grafana's
 * cut the connection after 30 s.
 */
export const longestAnswer = seconds(120);
