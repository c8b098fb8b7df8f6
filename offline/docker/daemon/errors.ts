import type { DaemonAddress } from "./address.ts";

/** The HTTP status of a daemon's refusal; undefined for another failure. */
export const statusOf = (error: unknown): number | undefined =>
  error instanceof Error && "statusCode" in error && typeof error.statusCode === "number"
    ? error.statusCode
    : undefined;

export const isMissing = (error: unknown): boolean => statusOf(error) === 404;

/** What is refused because something is in the way: a name in use, a container that still has the volume. */
export const isConflict = (error: unknown): boolean => statusOf(error) === 409;

/** A daemon's own words, without what the client puts around them. */
export function daemonsWords(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ("json" in error && typeof error.json === "object" && error.json !== null && "message" in error.json) {
    return String(error.json.message).trim();
  }
  return error.message.trim();
}

/** Why nobody answers at an address, and the way out; undefined when the daemon did answer. */
export function connectionProblem(error: unknown, { text, socket }: DaemonAddress): string | undefined {
  const code = error instanceof Error && "code" in error ? String(error.code) : undefined;
  switch (code) {
    case "EACCES":
    case "EPERM":
      return (
        `no right to use the Docker daemon's socket ${socket ?? text}: add yourself to the group that owns it ` +
        "(sudo usermod -aG docker $USER, then log in again), or name your own daemon in DOCKER_HOST"
      );
    case "ENOENT":
    case "ECONNREFUSED":
    case "ECONNRESET":
    case "ENOTFOUND":
    case "EAI_AGAIN":
    case "EHOSTUNREACH":
    case "ENETUNREACH":
    case "ETIMEDOUT":
      return (
        `no Docker daemon answers at ${text} (${code}): start it (Linux: sudo systemctl start docker; ` +
        "macOS, Windows: start Docker Desktop), or name another one in DOCKER_HOST"
      );
    default:
      return undefined;
  }
}
