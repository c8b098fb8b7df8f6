import { isDuration, type LogLevel, logLevels, parseDuration } from "../../components/workload/index.ts";
import { nearest } from "../../stacks/nearest.ts";
import { UserError } from "../console/error.ts";

/** What a person typed after `./platform logs`. */
export interface TypedRequest {
  readonly component?: string;
  readonly correlationId?: string;
  readonly since?: string;
  readonly level?: string;
}

/** Which lines are wanted. */
export interface LogRequest {
  /** Default: of all components. */
  readonly component?: string;
  readonly correlationId?: string;
  /** As `10m`; default: {@link usualSince} of what is stored, all of a container's own log. */
  readonly since?: string;
  /** Lines of this level and above; default: all, also those without a level. */
  readonly level?: LogLevel;
}

/** As far as people look back who say nothing. */
export const usualSince = "1h";

/** The request as it is meant; throws a UserError that names everything that is wrong with it. */
export function readRequest(typed: TypedRequest, components: readonly string[]): LogRequest {
  const { component, correlationId, since, level } = typed;
  const wanted = logLevels.find((each) => each === level?.toUpperCase());
  const problems = [
    ...(component === undefined || components.includes(component) ? [] : [unknownComponent(component, components)]),
    // As the gateway and the backend let it through.
    ...(correlationId === undefined || /^[A-Za-z0-9_-]{8,64}$/.test(correlationId)
      ? []
      : [`--correlation-id is "${correlationId}"; it must be 8 to 64 letters, digits, - and _`]),
    ...(since === undefined || (isDuration(since) && parseDuration(since).seconds > 0)
      ? []
      : [`--since is "${since}"; it must be a time like 30s, 10m or 2h`]),
    ...(level === undefined || wanted !== undefined
      ? []
      : [`--level is "${level}"; it must be one of ${logLevels.join(", ").toLowerCase()}`]),
  ];
  if (problems.length > 0) throw new UserError(problems.join("\n"), 2);
  return {
    ...(component === undefined ? {} : { component }),
    ...(correlationId === undefined ? {} : { correlationId }),
    ...(since === undefined ? {} : { since }),
    ...(wanted === undefined ? {} : { level: wanted }),
  };
}

function unknownComponent(component: string, components: readonly string[]): string {
  const meant = nearest(component, components);
  const hint = meant === undefined ? ";" : `; did you mean ${meant}?`;
  return `there is no component "${component}"${hint} there are ${components.join(", ")}`;
}

/** Labels of the level and those above it; CRITICAL is what no environment can be set to. */
const levels = [...logLevels, "CRITICAL"];

/** LogQL of the request. */
export function queryOf(stack: string, { component, correlationId, level }: LogRequest): string {
  const labels = [
    `stack="${stack}"`,
    ...(component === undefined ? [] : [`service="${component}"`]),
    ...(level === undefined ? [] : [`level=~"${levels.slice(levels.indexOf(level)).join("|")}"`]),
  ];
  // By the text: products that write no JSON may name it too.
  const filter = correlationId === undefined ? "" : ` |= "${correlationId}"`;
  return `{${labels.join(",")}}${filter}`;
}
