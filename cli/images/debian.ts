import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../root.ts";
import { busybox, certificates, file, folder, link, packages, system } from "./parts.ts";
import type { Difference, Part, Recipe } from "./recipe.ts";

/** The release that packages come from: the one whose libraries the lists below name. */
export const debianRelease = "trixie";

/** A script of `cli/images/files`, executable. */
const script = (path: string, name: string) =>
  file(path, readFileSync(join(root, "cli", "images", "files", name), "utf8"), 0o755);

const older = (theirs: string): Difference => ({
  what: `${theirs}, under the tag that the stack's settings ask for`,
  why: `it comes from Debian ${debianRelease}, where no registry is reached`,
});

const glibc: Difference = {
  what: "glibc, with busybox for shell and tools, instead of Alpine's musl",
  why: "Debian's programs need it",
};

/** Libraries that redis and postgres both load. */
const libraries = ["libc6", "libssl3t64", "libsystemd0", "libcap2", "libzstd1", "libstdc++6", "libgcc-s1", "zlib1g"];

export const redis: Recipe = {
  name: "redis",
  version: "8.0",
  parts: [
    packages([...["redis-server", "redis-tools", ...libraries], ...["libjemalloc2", "libatomic1", "liblzf1"]]),
    ...busybox,
    ...system({ name: "redis", uid: 999, gid: 1000 }),
    script("/usr/local/bin/docker-entrypoint.sh", "redis-entrypoint.sh"),
    folder("/data", [999, 1000]),
  ],
  config: {
    entrypoint: ["docker-entrypoint.sh"],
    command: ["redis-server"],
    user: "999:1000",
    workingFolder: "/data",
    ports: [6379],
    volumes: ["/data"],
  },
  differences: [
    older("Redis 8.0"),
    glibc,
    { what: "starts as redis (999:1000), not as root that steps down", why: "the platform runs nothing as root" },
  ],
};

export const nginx: Recipe = {
  name: "nginx",
  version: "1.26",
  parts: [
    packages(
      [
        ...["nginx", "nginx-common", "libnginx-mod-stream", "gettext-base"],
        ...["libc6", "libssl3t64", "libpcre2-8-0", "libcrypt1", "libzstd1", "zlib1g"],
      ],
      [/^\/etc\/nginx\/(?:modules|sites)-/, /^\/usr\/share\/(?:nginx\/modules|vim)/, /^\/usr\/bin\/(?:n?gettext)/],
    ),
    ...busybox,
    ...certificates,
    ...system({ name: "nginx", uid: 101, gid: 101 }),
    // See the script: `stream` is a module that somebody has to load.
    { kind: "move", from: "/usr/sbin/nginx", to: "/usr/sbin/nginx.debian" },
    script("/usr/sbin/nginx", "nginx.sh"),
    script("/docker-entrypoint.sh", "nginx-entrypoint.sh"),
    folder("/var/cache/nginx", [101, 101]),
    folder("/var/log/nginx"),
    link("/var/log/nginx/access.log", "/dev/stdout"),
    link("/var/log/nginx/error.log", "/dev/stderr"),
  ],
  config: {
    entrypoint: ["/docker-entrypoint.sh"],
    command: ["nginx", "-g", "daemon off;"],
    ports: [80],
    stopSignal: "SIGQUIT",
  },
  differences: [
    older("nginx 1.26"),
    glibc,
    {
      what: "the entry point fills templates and finds the resolvers; it does nothing else (no tuning of workers, no listening on IPv6, no scripts of /docker-entrypoint.d)",
      why: "the platform uses no more of it",
    },
    {
      what: "reads a certificate again at every reload; 1.28 keeps the one that it has where the file's time of change and inode are the same",
      why: "1.27.2 remembers them (ssl_object_cache_inheritable); a renewed file has another time: docker cp, Vault's agent and Kubernetes see to it",
    },
    {
      what: "no default site, and of the dynamic modules stream alone",
      why: "the gateway brings its own nginx.conf",
    },
  ],
};

/** PostgreSQL's programs and what they load; the backup has the same. */
export const postgresPrograms: readonly Part[] = [
  packages(
    [
      ...["postgresql-17", "postgresql-client-17", "libpq5", "tzdata", ...libraries],
      ...["libicu76", "libxml2", "libreadline8t64", "libtinfo6", "libpam0g", "libaudit1", "libcap-ng0", "liblzma5"],
      ...["libldap2", "libsasl2-2", "libgssapi-krb5-2", "libkrb5-3", "libk5crypto3", "libkrb5support0"],
      ...["libcom-err2", "libkeyutils1", "liblz4-1", "libxxhash0"],
    ],
    [
      // The compiler for queries needs LLVM, which is larger than all the rest.
      /^\/usr\/lib\/postgresql\/17\/lib\/(?:bitcode\/|llvmjit)/,
      // Extensions whose libraries nothing else needs.
      /^\/usr\/lib\/postgresql\/17\/lib\/(?:sepgsql|uuid-ossp|pgxml)\.so$/,
      /^\/usr\/share\/postgresql\/17\/(?:man\/|extension\/(?:uuid-ossp|xml2|sepgsql))/,
    ],
  ),
  // For its one locale.
  packages(["libc-bin"], [/^(?!\/usr\/lib\/locale\/C\.utf8)/]),
];

/** Where those programs are found, and the one locale. */
export const postgresEnvironment = {
  PATH: "/usr/lib/postgresql/17/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  LANG: "C.UTF-8",
} as const;

/** postgres in the alpine image. */
export const postgresAccount = { name: "postgres", uid: 70, gid: 70 } as const;

export const postgres: Recipe = {
  name: "postgres",
  version: "17",
  parts: [
    ...postgresPrograms,
    ...busybox,
    ...system(postgresAccount),
    {
      kind: "replace",
      path: "/usr/share/postgresql/17/postgresql.conf.sample",
      this: "#listen_addresses = 'localhost'",
      by: "listen_addresses = '*'",
    },
    script("/usr/local/bin/docker-entrypoint.sh", "postgres-entrypoint.sh"),
    folder("/docker-entrypoint-initdb.d"),
    folder("/var/lib/postgresql", [70, 70]),
    folder("/var/lib/postgresql/data", [70, 70], 0o1777),
    folder("/run/postgresql", [70, 70], 0o3777),
  ],
  config: {
    entrypoint: ["docker-entrypoint.sh"],
    command: ["postgres"],
    user: "70:70",
    environment: { ...postgresEnvironment, PGDATA: "/var/lib/postgresql/data" },
    ports: [5432],
    volumes: ["/var/lib/postgresql/data"],
    stopSignal: "SIGINT",
  },
  differences: [
    older("PostgreSQL 17"),
    glibc,
    {
      what: "locale C.UTF-8, not en_US.utf8: text is ordered by code points",
      why: "the compiled locales are larger than the server",
    },
    { what: "no compilation of queries (JIT)", why: "LLVM is larger than all the rest" },
    {
      what: "without the extensions sepgsql, uuid-ossp and xml2, and without the procedural languages in packages of their own",
      why: "the platform uses none of them",
    },
    {
      what: "starts as postgres (70:70), not as root that steps down",
      why: "the platform runs nothing as root",
    },
    {
      what: "the entry point knows POSTGRES_USER, _DB, _PASSWORD (each also as _FILE), _INITDB_ARGS and PGDATA, and runs *.sh and *.sql of /docker-entrypoint-initdb.d; no _HOST_AUTH_METHOD, no packed scripts",
      why: "the platform uses no more of it",
    },
  ],
};
