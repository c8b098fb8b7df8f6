import type Docker from "dockerode";
import { redact, secretTexts } from "../../redaction.ts";
import type { Properties } from "../../value.ts";
import { lastLogLines } from "./container-log.ts";

/** Why a container failed, with what it said last and what its health check said; secrets taken out. */
export async function describeFailure(
  container: Docker.Container,
  reason: string,
  inputs: Properties,
): Promise<string> {
  const info = await container.inspect().catch(() => undefined);
  const name = info?.Name.replace(/^\//, "") ?? container.id.slice(0, 12);
  const lines = info === undefined ? [] : await lastLogLines(container, info.Config.Tty);
  const text = [
    `container ${name}: ${reason}`,
    ...healthLines(info),
    ...(lines.length === 0 ? ["it wrote no log lines"] : ["its last log lines:", ...lines.map((line) => `  ${line}`)]),
  ].join("\n");
  return redact(text, secretTexts(inputs));
}

function healthLines(info: Docker.ContainerInspectInfo | undefined): readonly string[] {
  const last = info?.State.Health?.Log?.at(-1);
  if (last === undefined) return [];
  const output = last.Output.trim();
  return [`its last health check (exit code ${last.ExitCode}): ${output === "" ? "said nothing" : output}`];
}
