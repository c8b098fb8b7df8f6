import { spawnSync } from "node:child_process";
import { z } from "zod";
import { ensureKubeScore } from "../../../cli/setup/kube-score.ts";

/** The best grade; whatever is below counts as found, also what it calls almost fine. */
const FINE = 10;

const report = z.array(
  z.object({
    object_name: z.string(),
    checks: z
      .array(z.object({ check: z.object({ id: z.string() }), grade: z.number(), skipped: z.boolean() }))
      .nullable(),
  }),
);

export interface Finding {
  readonly check: string;
  /** Kind, version, namespace and name, with slashes between them. */
  readonly object: string;
}

/** What it finds in objects that belong together. Its optional checks are on. */
export async function kubeScoreFindings(objects: readonly object[]): Promise<readonly Finding[]> {
  const program = await ensureKubeScore();
  const optional = (await kubeScoreChecks()).filter(({ isOptional }) => isOptional);
  const words = ["score", "--output-format", "json", ...optional.flatMap(({ id }) => ["--enable-optional-test", id])];
  const { stdout, stderr } = spawnSync(program, [...words, "-"], {
    input: objects.map((object) => JSON.stringify(object)).join("\n---\n"),
    encoding: "utf8",
    timeout: 60_000,
    maxBuffer: 64 * 1024 * 1024,
  });
  if (!stdout.startsWith("[")) throw new Error(`kube-score said no report:\n${stderr}`);
  return report
    .parse(JSON.parse(stdout))
    .flatMap(({ object_name, checks }) =>
      (checks ?? [])
        .filter(({ skipped, grade }) => !skipped && grade < FINE)
        .map(({ check }) => ({ check: check.id, object: object_name })),
    );
}

interface Check {
  readonly id: string;
  readonly isOptional: boolean;
}

/** Every check that it has. */
export async function kubeScoreChecks(): Promise<readonly Check[]> {
  const { stdout } = spawnSync(await ensureKubeScore(), ["list"], { encoding: "utf8", timeout: 30_000 });
  return stdout
    .trim()
    .split("\n")
    .map((line) => ({ id: line.split(",")[0] ?? "", isOptional: line.endsWith(",optional") }));
}
