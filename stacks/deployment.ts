import type { Settings } from "../components/settings.ts";
import { describePlatform, platformProblems } from "../components/specification.ts";
import { InvalidSpec } from "../components/workload/index.ts";

/** What the stack's target cannot keep of the platform that the settings describe; each one message. */
export function deploymentProblems(settings: Settings): readonly string[] {
  try {
    return platformProblems(settings, describePlatform(settings));
  } catch (error) {
    if (error instanceof InvalidSpec) return error.message.split("\n");
    throw error;
  }
}
