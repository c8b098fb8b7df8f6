import { Redis } from "ioredis";
import type { Configuration } from "../configuration.ts";
import type { OwnCertificate } from "../tls/own-certificate.ts";
import { storeTls } from "../tls/store-tls.ts";
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
  const tls = storeTls(cache, certificate);
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
    ...(tls === undefined ? {} : { tls }),
  });
  redis.on("error", onError);
  // Until it is there, commands say so themselves.
  redis.connect().catch(() => {});
  return redis;
}

/** Runs commands; whatever fails is Redis being away. */
export async function asking<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw new StorageUnavailable("cache", error);
  }
}
