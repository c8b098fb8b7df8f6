import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ResourceName } from "./identity.ts";

/** Whether a stack's state is in the temporary backend, and whether an update of it is running there now. */
export interface Guard {
  /** The reason why a change of this resource is refused, or undefined when it is allowed. */
  refusal(resource: ResourceName): string | undefined;
}

/**
 * Allows changes only to a stack that the temporary backend holds locked by a running process. Pulumi's file backend
 * keeps `.pulumi/locks/organization/<project>/<stack>/<uuid>.json` with the process's id during up, refresh and
 * destroy, not during a preview (tried with 3.259; pkg/backend/diy/lock.go).
 */
export function guardFor(provider: string, directory: string): Guard {
  return {
    refusal: ({ urn, project, stack }) => {
      const locks = join(directory, ".pulumi", "locks", "organization", project, stack);
      if (lockOwners(locks).some(isRunning)) {
        return undefined;
      }
      return (
        `the offline ${provider} provider changes nothing here: no update of ${project}/${stack} is running in the ` +
        `temporary state it was started for, so made-up ids would reach a real one (${urn}). ` +
        "Unset PULUMI_DEBUG_PROVIDERS to use the real provider."
      );
    },
  };
}

function lockOwners(folder: string): readonly number[] {
  try {
    return readdirSync(folder)
      .filter((file) => file.endsWith(".json"))
      .map((file) => lockOwner(join(folder, file)));
  } catch {
    return []; // no such folder: nothing is locked
  }
}

function lockOwner(file: string): number {
  const lock: { pid?: unknown } = JSON.parse(readFileSync(file, "utf8"));
  return typeof lock.pid === "number" ? lock.pid : 0;
}

function isRunning(pid: number): boolean {
  try {
    return pid > 0 && process.kill(pid, 0);
  } catch {
    return false;
  }
}
