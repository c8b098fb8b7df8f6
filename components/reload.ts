import type { ConfigFile } from "./workload/index.ts";

/** Seconds between two looks: a certificate is renewed days before its end. */
const pauseSeconds = 10;

interface Watch {
  readonly path: string;
  /** What the first line of the script says. */
  readonly what: readonly string[];
  readonly files: readonly string[];
  /** Shell command that has the process read them; where it fails it is tried again at the next look. */
  readonly reload: string;
}

/** A script beside a process, which has it read its certificates again when their files change. */
export const reloadFile = ({ path, what, files, reload }: Watch): ConfigFile => ({
  path,
  content: `#!/bin/sh
${what.map((line) => `# ${line}\n`).join("")}state() {
  cat ${files.join(" ")} | sha256sum
}

known=$(state)
while sleep ${pauseSeconds}; do
  now=$(state)
  [ "$now" = "$known" ] && continue
  # Half of a new pair is none: the process keeps the old one, and the next look sees the whole.
  ${reload} && known=$now
done
`,
});

/** Starts the watch beside the image's own entry point, which becomes the process. */
export const watchedEntryPoint = (script: string, entryPoint: string, name: string): readonly string[] => [
  "sh",
  "-c",
  `sh ${script} & exec ${entryPoint} "$@"`,
  name,
];
