import {
  contractingSteps,
  migratedTo,
  type Release,
  type Releases,
  type SchemaStep,
} from "../../components/delivery/releases.ts";
import { migrations } from "../../services/backend/storage/migrations/index.ts";
import { UserError } from "../console/error.ts";

/** What this checkout brings to the database. */
export const newestMigration = (steps: readonly SchemaStep[] = migrations): number =>
  Math.max(0, ...steps.map(({ version }) => version));

/**
 * Refuses to go back to a release that cannot run on what the database has become: a later migration that says so, named.
 * Going back takes no migration away, so what counts is the newest that was ever deployed.
 */
export function requireSchema(
  stack: string,
  releases: Releases,
  release: Release,
  steps: readonly SchemaStep[] = migrations,
): void {
  const taken = migratedTo(releases);
  const known = newestMigration(steps);
  if (taken > known) {
    throw new UserError(
      `${stack}: its database has migration ${taken}, and this checkout knows ${known}: whether ${release.version} can run on ` +
        "it is not known here; run the same command at the branch's head (git pull)",
    );
  }
  const obstacles = contractingSteps(steps, taken, release);
  if (obstacles.length === 0) return;
  const names = obstacles.map(({ version, name }) => `${version} (${name})`).join(", ");
  const needed = Math.max(...obstacles.map(({ safeSince }) => safeSince));
  const reachable = releases.find(({ migration, version }) => migration >= needed && version !== releases[0]?.version);
  const wayOut =
    reachable === undefined
      ? "no release on record has it: mend what runs and deploy it"
      : `--to ${reachable.version} has it; or mend what runs and deploy it`;
  throw new UserError(
    `${stack}: ${release.version} cannot run on what these migrations have left in the database: ${names}; it would need ` +
      `migration ${needed} itself. Nothing was touched; ${wayOut}`,
  );
}
