/** Log levels of the requirement, from most to least talkative. */
export const logLevels = ["DEBUG", "INFO", "WARNING", "ERROR"] as const;
export type LogLevel = (typeof logLevels)[number];

/** JSON for machines, console for a developer's eyes; logfmt where a product knows only that. */
export type LogFormat = "json" | "console" | "logfmt" | "product";

export interface Logs {
  readonly level: LogLevel;
  readonly format: LogFormat;
}
