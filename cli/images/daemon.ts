import { execFile } from "node:child_process";
import { UserError } from "../console/error.ts";
import { findProgram } from "../setup/program.ts";

interface Answer {
  readonly ok: boolean;
  readonly output: string;
  /** The last thing that it complained of. */
  readonly why: string;
}

/** What `docker` answered; it knows contexts and logins, so no other client is needed here. */
function docker(...words: readonly string[]): Promise<Answer> {
  return new Promise((resolve) => {
    execFile("docker", words, { maxBuffer: 16 * 1024 * 1024 }, (error, stdout, stderr) => {
      resolve({ ok: error === null, output: stdout.trim(), why: stderr.trim().split("\n").at(-1) ?? "" });
    });
  });
}

/** Throws where there is no Docker daemon that answers, with the way out. */
export async function requireDaemon(): Promise<void> {
  if (findProgram("docker") === undefined) {
    throw new UserError("images are for Docker, which is not there: install it (Debian: apt-get install docker.io)");
  }
  const { ok, why } = await docker("version", "--format", "{{.Server.Version}}");
  if (ok) return;
  throw new UserError(
    `Docker's daemon does not answer: ${why || "no reason given"}. Start it (Linux: systemctl start docker), or set DOCKER_HOST to where it is`,
  );
}

/** An image that the daemon has. */
export interface Present {
  readonly labels: Readonly<Record<string, string>>;
  readonly bytes: number;
}

/** The daemon's image of this name; undefined for none. */
export async function presentImage(reference: string): Promise<Present | undefined> {
  const format = '{"labels":{{json .Config.Labels}},"bytes":{{.Size}}}';
  const { ok, output } = await docker("image", "inspect", "--format", format, reference);
  if (!ok) return undefined;
  const { labels, bytes }: { labels: Present["labels"] | null; bytes: number } = JSON.parse(output);
  return { labels: labels ?? {}, bytes };
}

/** Why it could not be pulled; undefined when it was. */
export async function pullImage(reference: string): Promise<string | undefined> {
  const { ok, why } = await docker("pull", "--quiet", reference);
  return ok ? undefined : why;
}

export async function loadImage(archive: string): Promise<void> {
  const { ok, why } = await docker("load", "--quiet", "--input", archive);
  if (!ok) throw new UserError(`Docker did not take the image ${archive}: ${why}`);
}
