import { Command } from "commander";
import { UserError } from "../console/error.ts";
import { withExamples } from "../console/examples.ts";
import { passed } from "../engine/result.ts";
import type { StackOf } from "../engine/stacks.ts";
import { root } from "../root.ts";
import { groundOf } from "./ground.ts";

interface PreviewOptions {
  readonly offline?: boolean;
  readonly live?: boolean;
  readonly json?: boolean;
  readonly diff?: boolean;
  /** The file; true for standard output. */
  readonly sarif?: string | true;
  readonly target?: string;
  readonly against?: string;
  readonly verbose?: boolean;
}

const say = (line: string): void => console.error(`platform: ${line}`);

export function previewCommand(): Command {
  const command = new Command("preview")
    .description("show what stacks are made of, and judge them by the policies; nothing is touched")
    .argument("[stack...]", "default: all")
    .option("--offline", "with stand-in providers: no credentials, no network (default where no cloud credentials are)")
    .option("--live", "with the real providers and the stacks' real state; on Docker also what is really there")
    .option("--json", "print the results as JSON")
    .option(
      "--sarif [file]",
      "write the policies' findings as SARIF 2.1.0, for code-review pages; without a file, print it",
    )
    .option("--diff", "print the tree of resources with their properties")
    .option("--target <target>", "on another target than the settings say")
    .option("--against <git-ref>", "as a change of that commit: what is added, changed, replaced, removed")
    .action((stacks: string[], _: unknown, command: Command) => preview(stacks, command.optsWithGlobals()));
  return withExamples(command, [
    ["preview", "all stacks, policies enforced, no credentials needed"],
    ["preview prod --target kubernetes --diff", "prod as it would be on Kubernetes, with every property"],
    ["preview --against origin/main", "what this checkout changes"],
  ]);
}

/** Previews the stacks of those names, and prints what was found. */
export async function preview(names: readonly string[], options: PreviewOptions): Promise<void> {
  const { chooseStacks, projectsIn } = await import("../engine/stacks.ts");
  const { previewStacks } = await import("../engine/preview.ts");
  const { listenForInterrupts, interrupted } = await import("../engine/interrupt.ts");
  const stacks = chooseStacks(projectsIn(), names);
  if (options.target === undefined) await refuseSecretless(stacks);
  const mode = await modeOf(options);
  const interrupts = listenForInterrupts(say);
  try {
    const { target, against, verbose } = options;
    const rows = await previewStacks({
      groundOf,
      stacks,
      mode,
      interrupts,
      say,
      ...(target === undefined ? {} : { target }),
      ...(against === undefined ? {} : { against }),
      ...(verbose ? { onOutput: (text: string) => process.stderr.write(text) } : {}),
    });
    await print(rows, options, mode === "live" || against !== undefined);
    if (rows.some(({ result }) => result.outcome === "interrupted")) throw interrupted();
    if (!rows.every(({ result }) => passed(result)))
      throw new UserError("the preview found what must be repaired first");
  } finally {
    interrupts.stop();
  }
}

/** Throws where a stack's alerts could reach somebody only in name: a preview decrypts no secret, so nothing else says it. */
async function refuseSecretless(stacks: readonly StackOf[]): Promise<void> {
  const { secretlessReceivers } = await import("../../stacks/report.ts");
  const lines = stacks
    .filter(({ project }) => project.directory === root)
    .flatMap(({ stack }) =>
      secretlessReceivers(root, stack).map(({ key, message }) => `Pulumi.${stack}.yaml: ${key}: ${message}`),
    );
  if (lines.length > 0) throw new UserError(lines.join("\n"));
}

/** Offline, unless it is asked for otherwise or everything for a live one is there. */
async function modeOf({ offline, live, target, against }: PreviewOptions): Promise<"offline" | "live"> {
  if (offline && live) throw new UserError("--offline and --live exclude each other", 2);
  const comparing = target !== undefined || against !== undefined;
  if (live && comparing) throw new UserError("--target and --against preview offline; leave out --live", 2);
  if (live) return "live";
  if (offline || comparing) return "offline";
  const { hasCloudCredentials, backendInUse } = await import("../engine/login.ts");
  const { projectsIn } = await import("../engine/stacks.ts");
  const [project] = projectsIn();
  if (hasCloudCredentials() && project !== undefined && backendInUse(project) !== undefined) {
    say("live preview with your cloud credentials and backend (--offline needs neither)");
    return "live";
  }
  say("offline preview: stand-in providers, empty state, every secret unknown (--live for the real thing)");
  return "offline";
}

type Rows = Awaited<ReturnType<typeof import("../engine/preview.ts").previewStacks>>;

/** @param compared they were compared with something that is there. */
async function print(rows: Rows, { json, diff, sarif, verbose }: PreviewOptions, compared: boolean): Promise<void> {
  const results = rows.map(({ result }) => result);
  if (sarif !== undefined) {
    const { toSarif, writeSarif } = await import("../engine/report/sarif.ts");
    if (sarif === true) {
      process.stdout.write(`${toSarif(results)}\n`);
      return;
    }
    await writeSarif(sarif, results);
  }
  if (json) {
    const { toJson } = await import("../engine/report/json.ts");
    process.stdout.write(`${toJson(rows, diff === true)}\n`);
    return;
  }
  const [{ findingLines }, { policyTable, summaryTable, timingTable }, { treeLines }, { changeLines }] =
    await Promise.all([
      import("../engine/report/findings.ts"),
      import("../engine/report/summary.ts"),
      import("../engine/report/tree.ts"),
      import("../engine/report/change.ts"),
    ]);
  const isFound = results.some(({ violations, warnings }) => violations.length + warnings.length > 0);
  const blocks = [
    ...(diff ? results.map(({ steps }) => treeLines(steps)) : []),
    ...(compared ? results.map(changeLines) : []),
    findingLines(results),
    ...(verbose ? [[timingTable(results)]] : []),
    ...(isFound ? [[policyTable(results)]] : []),
    [summaryTable(rows)],
  ];
  console.log(
    blocks
      .filter((lines) => lines.length > 0)
      .map((lines) => lines.join("\n"))
      .join("\n\n"),
  );
}
