import { at, entries, flag, isAbsent, type Node, number, text } from "./values.ts";

/**
 * A container that may end: waited for (`attach`) or not required to run on (`mustRun: false`), and not restarted
 * whenever it ends.
 */
export function isOneShot(container: Node): boolean {
  const restart = text(at(container, "restart")) ?? "no";
  const mayEnd = flag(at(container, "attach")) === true || flag(at(container, "mustRun")) === false;
  return mayEnd && restart !== "always" && restart !== "unless-stopped";
}

/**
 * Whether two of it can run side by side: no fixed host port, no volume that both would write to, not on the host's
 * own network. Otherwise the old one has to stop first.
 */
export function canRunBeside(container: Node): boolean {
  const hostPorts = entries(at(container, "ports")).filter((port) => (number(at(port, "external")) ?? 0) > 0);
  const volumes = entries(at(container, "volumes")).filter((volume) => flag(at(volume, "readOnly")) !== true);
  const mounts = entries(at(container, "mounts"))
    .filter((mount) => text(at(mount, "type")) !== "tmpfs")
    .filter((mount) => flag(at(mount, "readOnly")) !== true);
  const onHost = text(at(container, "networkMode")) === "host";
  return hostPorts.length === 0 && volumes.length === 0 && mounts.length === 0 && !onHost;
}

/** Whether the daemon starts it again when it ends; `no` is the default. */
export function isRestarted(restart: Node): boolean {
  return !isAbsent(restart) && text(restart) !== "no" && text(restart) !== "";
}
