import { basename, posix } from "node:path";
import { describePlatform, mountedFile } from "../../components/specification.ts";
import { readStackFile, stacksIn } from "../../stacks/files.ts";
import { readSettings } from "../../stacks/read.ts";
import { root } from "../root.ts";
import type { Rendered } from "./rendered.ts";

/** What is rendered, by the member that mounts it. */
const mounted: readonly (readonly [member: string, path: string])[] = [
  ["prometheus", "/etc/prometheus/prometheus.yml"],
  ["prometheus", "/etc/prometheus/alert.rules"],
  ["alertmanager", "/etc/alertmanager/alertmanager.yml"],
  ["alertmanager", "/etc/alertmanager/messages.tmpl"],
  ["loki", "/etc/loki-rules/fake/log-alerts.rules"],
];

/** monitoring/: the files of dev, and those of the other stacks in a folder each, to the letter what the targets mount. */
export const monitoringFiles = (): readonly Rendered[] =>
  stacksIn(root).flatMap((stack) =>
    mounted.map(([member, path]) => ({
      path: posix.join("monitoring", stack === "dev" ? "" : stack, basename(path)),
      render: () => mountedFile(describePlatform(readSettings(readStackFile(root, stack))), member, path),
    })),
  );
