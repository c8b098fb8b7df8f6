import type { CleanupRule } from "../../components/delivery/cleanup.ts";
import { UserError } from "../console/error.ts";
import type { ServicePackage } from "./cleanup.ts";

/** What a cleanup works on. */
export interface CleanupRequest {
  /** The registry, as `ghcr.io`. */
  readonly host: string;
  /** The user or organization. */
  readonly owner: string;
  readonly services: readonly ServicePackage[];
  readonly apiUrl: string;
  readonly token: string;
  readonly rule: CleanupRule;
}

const publicApi = "https://api.github.com";

interface Kept {
  readonly keep: number;
  readonly services: readonly string[];
  readonly stacks: readonly string[];
  readonly recorded?: ReadonlyMap<string, string>;
}

/**
 * Finds out from the option and the environment, as GitHub Actions sets it, what to clean up. Throws a UserError that
 * names everything that is missing.
 * @param from as `ghcr.io/acme/trading`; default: the repository's.
 */
export function cleanupRequest(
  from: string | undefined,
  { keep, services, stacks, recorded = new Map<string, string>() }: Kept,
  environment: NodeJS.ProcessEnv,
): CleanupRequest {
  const { GITHUB_REPOSITORY: repository, GITHUB_API_URL = publicApi } = environment;
  const token = environment.GITHUB_TOKEN || environment.GH_TOKEN || "";
  // The registry takes small letters alone; a repository's name may have others.
  const prefix = (from ?? (repository ? `ghcr.io/${repository}` : "")).toLowerCase();
  const [, host = "", owner = "", path = ""] =
    /^([a-z0-9.-]+(?::\d+)?)\/([a-z0-9-]+)\/([a-z0-9._-]+(?:\/[a-z0-9._-]+)*)$/.exec(prefix) ?? [];
  const problems = [
    ...(token === "" ? ["GITHUB_TOKEN is not set: a token that may read and delete packages"] : []),
    ...(host === ""
      ? [
          `--from ${prefix || "is not said, nor GITHUB_REPOSITORY"}: it must be as ghcr.io/acme/trading, the images' name without the service`,
        ]
      : []),
    // Another GitHub has another registry; this one has one, and what GitHub deletes is in none but its own.
    ...(GITHUB_API_URL === publicApi && !["", "ghcr.io"].includes(host)
      ? [
          `--from ${prefix}: GitHub deletes from ghcr.io alone; in ECR the repositories' lifecycle rules do (docs/delivery.md)`,
        ]
      : []),
  ];
  if (problems.length > 0) throw new UserError(problems.join("\n"), 2);
  return {
    host,
    owner,
    services: services.map((service) => ({
      service,
      package: `${path}/${service}`,
      repository: `${owner}/${path}/${service}`,
    })),
    apiUrl: GITHUB_API_URL.replace(/\/$/, ""),
    token,
    rule: { keep, stacks, recorded },
  };
}
