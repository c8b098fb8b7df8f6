import { type Browser, launch } from "puppeteer-core";
import { debianObstacle, installDebian } from "../../../cli/setup/debian.ts";
import { findProgram } from "../../../cli/setup/program.ts";

/** Debian's Chromium; undefined, with the reason printed, where it is missing and cannot be installed. */
export async function chromium(): Promise<string | undefined> {
  const obstacle = debianObstacle();
  if (findProgram("chromium") === undefined && obstacle === undefined) await installDebian(["chromium"]);
  const found = findProgram("chromium");
  if (found === undefined) console.warn(`skipped: Chromium is missing, and ${obstacle}`);
  return found;
}

/** For pages of our own, with certificates of our own. */
export const startBrowser = (executablePath: string): Promise<Browser> =>
  launch({
    executablePath,
    acceptInsecureCerts: true,
    // Chromium refuses to run as root with its sandbox.
    args: ["--no-sandbox", "--disable-dev-shm-usage"],
  });
