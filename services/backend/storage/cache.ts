import { Redis } from "ioredis";
import type { CacheConfiguration, Configuration } from "../configuration.ts";
import { known, knownServer } from "../tls/known-server.ts";
import { clientOptions, type OwnCertificate, shown } from "../tls/own-certificate.ts";
import { StorageUnavailable } from "./unavailable.ts";

/** Milliseconds. Redis answers in less than one; to a blocked reader, who waits for a second, after that. */
const timeouts = { connect: 2_000, command: 2_000, silence: 5_000 };

export type CacheClient = Pick<Configuration, "cache" | "service" | "instance"> & {
  /** What it shows where TLS is mutual. */
  readonly certificate?: OwnCertificate | undefined;
};

/**
 * A connection to Redis. Commands fail at once while it is away, instead of waiting for it: who asks is a request or a
 * loop, and both come again. It connects again by itself.
 */
export function openCache(
  { cache, service, instance, certificate }: CacheClient,
  onError: (error: Error) => void,
  purpose: "commands" | "blocking" = "commands",
): Redis {
  const { host, port, password } = cache;
  const redis = new Redis({
    host,
    port,
    password,
    connectionName: `${service}-${instance}-${purpose}`.replaceAll(/[^\w.-]/g, "-"),
    connectTimeout: timeouts.connect,
    // A reader that waits for work is not late; but a connection on which nothing comes any more is made anew.
    ...(purpose === "commands" ? { commandTimeout: timeouts.command } : { socketTimeout: timeouts.silence }),
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    retryStrategy: (times) => Math.min(100 * 2 ** Math.min(times, 5), 2_000),
    lazyConnect: true,
    ...tlsOf(cache, certificate),
  });
  redis.on("error", onError);
  // Until it is there, commands say so themselves.
  redis.connect().catch(() => {});
  return redis;
}

function tlsOf({ tls, server }: CacheConfiguration, certificate: OwnCertificate | undefined) {
  switch (tls) {
    case "disable":
      return {};
    case "verify":
      return { tls: knownServer(known(server)) };
    case "mutual":
      return { tls: clientOptions(shown(certificate)) };
  }
}

/** Runs commands; whatever fails is Redis being away. */
export async function asking<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw new StorageUnavailable("cache", error);
  }
}
