import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { UserError } from "../console/error.ts";
import { cached } from "./cache.ts";

/** What runs a script: the interpreter, and the environment in which it finds its packages. */
export interface Python {
  readonly command: string;
  readonly environment: NodeJS.ProcessEnv;
}

/**
 * The machine's Python with the packages of a requirements file, installed once into the tool cache (beside, not into,
 * the system's own). `probe` is a module that must import. Throws a UserError where there is no Python or pip.
 */
export async function ensurePython(requirements: string, probe: string): Promise<Python> {
  const command = "python3";
  if (spawnSync(command, ["-m", "pip", "--version"]).status !== 0) {
    throw new UserError("python3 with pip is needed: install the packages python3 and python3-pip of your system");
  }
  const version = createHash("sha256").update(readFileSync(requirements)).digest("hex").slice(0, 12);
  const environmentOf = (folder: string) => ({ ...process.env, PYTHONPATH: folder, PYTHONDONTWRITEBYTECODE: "1" });
  const folder = await cached({
    key: `python-${probe}-${version}`,
    works: (candidate) => spawnSync(command, ["-c", `import ${probe}`], { env: environmentOf(candidate) }).status === 0,
    make: (target) => install(command, requirements, target),
  });
  return { command, environment: environmentOf(folder) };
}

function install(command: string, requirements: string, target: string): Promise<void> {
  console.error(`platform: installing the Python packages of ${requirements} (about 20 s, once) …`);
  const words = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"];
  const from = ["--target", target, "--requirement", requirements];
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...words, ...from], { stdio: ["ignore", "ignore", "pipe"] });
    const said: Buffer[] = [];
    child.stderr.on("data", (chunk: Buffer) => said.push(chunk));
    child.on("error", reject);
    child.on("close", (code) => {
      const text = Buffer.concat(said).toString();
      if (code === 0) resolve();
      else reject(new UserError(`pip could not install ${requirements}:\n${text.split("\n").slice(-8).join("\n")}`));
    });
  });
}
