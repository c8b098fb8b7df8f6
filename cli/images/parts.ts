import type { Tool } from "../setup/tool.ts";
import type { Part } from "./recipe.ts";
import type { Service } from "./service-files.ts";

/** Nobody reads them in a container, and they are half of a package. */
const documentation = /^\/usr\/share\/(?:doc|doc-base|man|info|locale|lintian|bug|bash-completion)\//;

/** What belongs to an installed system: services, start scripts, rotation, hooks of other packages. */
const systemFiles =
  /^\/(?:lib\/systemd|usr\/lib\/systemd|usr\/share\/(?:apport|polkit-1|initramfs-tools)|etc\/(?:init\.d|default|logrotate\.d|cron\.[a-z]+|ufw|insserv\.conf\.d|apparmor\.d))\//;

/** glibc's character sets and auditing, which no program here asks for. */
const libcExtras = /^\/usr\/lib\/[^/]+\/(?:gconv|audit)\//;

/** Packages by name, with every library that their programs load: nothing resolves dependencies. */
export const packages = (names: readonly string[], without: readonly RegExp[] = []): Part => ({
  kind: "packages",
  packages: names,
  without: [documentation, systemFiles, libcExtras, ...without],
});

/** A service of this checkout, with its npm packages, below /app. */
export const service = (what: Service): Part => ({ kind: "service", service: what });

export const program = (tool: Tool, path: string): Part => ({ kind: "program", tool, path });

export const file = (path: string, text: string, mode = 0o644): Part => ({ kind: "file", path, text, mode });

export const link = (path: string, to: string): Part => ({ kind: "link", path, to });

export const folder = (path: string, [uid, gid]: readonly [number, number] = [0, 0], mode = 0o755): Part => ({
  kind: "folder",
  path,
  mode,
  uid,
  gid,
});

/** Shell, wget and the usual tools in one static program, as the official images (Alpine, busybox) have them. */
export const busybox: readonly Part[] = [packages(["busybox-static"]), { kind: "busybox-links" }];

/** The authorities that TLS clients trust. */
export const certificates: readonly Part[] = [
  packages(["ca-certificates"], [/^\/(?:usr\/sbin|etc)\//]),
  { kind: "certificate-bundle" },
];

interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

const usual: readonly Account[] = [
  { name: "root", uid: 0, gid: 0 },
  { name: "nobody", uid: 65_534, gid: 65_534 },
];

/** What every program expects of a system: accounts by name, places for temporary files and sockets. */
export function system(...own: readonly Account[]): readonly Part[] {
  const accounts = [...usual, ...own];
  const lines = (line: (account: Account) => string): string => accounts.map((each) => `${line(each)}\n`).join("");
  return [
    file(
      "/etc/passwd",
      lines(({ name, uid, gid }) => `${name}:x:${uid}:${gid}:${name}:/:/bin/sh`),
    ),
    file(
      "/etc/group",
      lines(({ name, gid }) => `${name}:x:${gid}:`),
    ),
    folder("/tmp", [0, 0], 0o1777),
    folder("/run"),
    link("/var/run", "/run"),
    // Where programs of Debian look for their loader; it keeps everything below /usr.
    link("/lib", "usr/lib"),
    link("/lib64", "usr/lib64"),
  ];
}
