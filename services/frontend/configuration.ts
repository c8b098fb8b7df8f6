import { hostname } from "node:os";

/** What the platform tells the process: components/application/frontend.ts states the same names. */
export interface Configuration {
  readonly port: number;
  readonly environment: Environment;
  readonly version: string;
  /** Tells instances apart. */
  readonly instance: string;
  readonly logLevel: LogLevel;
}

const environments = ["development", "staging", "production"] as const;
export type Environment = (typeof environments)[number];

/** From everything to almost nothing. */
export const logLevels = ["DEBUG", "INFO", "WARNING", "ERROR"] as const;
export type LogLevel = (typeof logLevels)[number];

/** Names every variable that is wrong. */
export class ConfigurationError extends Error {
  override readonly name = "ConfigurationError";
}

/** Throws a {@link ConfigurationError} that names all wrong variables at once. */
export function readConfiguration(variables: NodeJS.ProcessEnv): Configuration {
  const problems: string[] = [];
  function read<Value>(name: string, allowed: string, parse: (text: string) => Value | undefined): Value | undefined {
    const text = variables[name];
    const value = text === undefined ? undefined : parse(text);
    const said = text === undefined ? "is missing" : `is ${JSON.stringify(text)}`;
    if (value === undefined) problems.push(`${name} ${said}; it must be ${allowed}`);
    return value;
  }
  const port = read("PORT", "a TCP port", (text) => (/^\d+$/.test(text) && +text <= 65_535 ? Number(text) : undefined));
  const environment = read("ENVIRONMENT", environments.join(", "), oneOf(environments));
  const version = read("SERVICE_VERSION", "the release's version", (text) => text || undefined);
  const logLevel = read("LOG_LEVEL", logLevels.join(", "), oneOf(logLevels));
  if (port === undefined || environment === undefined || version === undefined || logLevel === undefined) {
    throw new ConfigurationError(problems.join("\n"));
  }
  return { port, environment, version, instance: hostname(), logLevel };
}

const oneOf =
  <Word extends string>(words: readonly Word[]) =>
  (text: string): Word | undefined =>
    words.find((word) => word === text);
