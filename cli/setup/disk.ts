import { statfsSync } from "node:fs";
import { UserError } from "../console/error.ts";

/** Free space of the disk that holds `folder`, for users without special rights, in MB. */
function freeMegabytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return Math.floor((bavail * bsize) / 1e6);
}

/** Stops before a long step that could not end well. */
export function requireSpace(folder: string, megabytes: number, what: string): void {
  const free = freeMegabytes(folder);
  if (free < megabytes) throw diskFull(folder, `${free} MB free, ${what} needs ${megabytes}`);
}

export const diskFull = (folder: string, detail: string): UserError =>
  new UserError(
    `the disk of ${folder} is full: ${detail}; free some, or set TRADING_PLATFORM_CACHE to a folder on another disk`,
  );

/** Whether a failure's text or code says that a disk is full. */
export const saysDiskFull = (text: string): boolean => /ENOSPC|no space left on device/i.test(text);
