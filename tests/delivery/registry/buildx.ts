import { execFileSync } from "node:child_process";

/** `docker buildx`, without Docker: nobody is logged in to anything. Answers what it prints; throws where it fails. */
export const buildxIn =
  (folder: string, program: string) =>
  (...words: readonly string[]): string =>
    execFileSync(program, words, {
      env: { PATH: process.env.PATH, HOME: folder, DOCKER_CONFIG: folder },
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
      timeout: 120_000,
    });
