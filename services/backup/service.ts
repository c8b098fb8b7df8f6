import { rm } from "node:fs/promises";
import { createServer, type RequestListener, type Server } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { takeBackup } from "./base.ts";
import { type Backup, backupsIn, unbrokenSince } from "./catalogue.ts";
import type { Configuration } from "./configuration.ts";
import type { Log } from "./log.ts";
import { certificateEnd, metrics } from "./metrics.ts";
import { prove } from "./prove.ts";
import { prune } from "./prune.ts";
import { archiveForever, openStream, receiveForever } from "./receive.ts";
import { dueAt } from "./retention.ts";

/** Milliseconds after which what failed is tried again. */
const retryAfter = 60_000;
const pollEvery = 1_000;

/** Receives the log, takes a backup when one is due, proves it, and removes what is older than the retention; until it is stopped. */
export async function serve(configuration: Configuration, log: Log, stop: AbortSignal): Promise<void> {
  let failures = 0;
  let queue: Promise<unknown> = Promise.resolve();

  /** One at a time, whoever asks. */
  const backup = (): Promise<Backup> => {
    const next = queue.then(async () => {
      try {
        const taken = await takeBackup(configuration, await openStream(configuration));
        log.always("INFO", "backup_taken", { id: taken.id, bytes: taken.sizeBytes });
        const proven = await prove(configuration, taken);
        log.always("INFO", "backup_proven", { id: taken.id, removed: await prune(configuration) });
        return proven;
      } catch (error) {
        failures += 1;
        log.always("ERROR", "backup_failed", error);
        throw error;
      }
    });
    queue = next.catch(() => {});
    return next;
  };

  const pages: RequestListener = async (request, response) => {
    if (request.url !== "/metrics") return response.writeHead(request.url === "/health" ? 200 : 404).end();
    try {
      const said = metrics(
        await backupsIn(configuration.archive),
        failures,
        await certificateEnd(configuration.certificate),
      );
      response.setHeader("content-type", "text/plain; version=0.0.4").end(said);
    } catch (error) {
      log.always("ERROR", "archive_unreadable", error);
      response.writeHead(500).end();
    }
  };
  /** For who is in the same container: nobody on the network can ask for work. */
  const control: RequestListener = (_, response) => {
    backup().then(
      (proven) => response.end(JSON.stringify(proven)),
      (error) => {
        response.statusCode = 500;
        response.end(error instanceof Error ? error.message : String(error));
      },
    );
  };
  await rm(configuration.socket, { force: true });
  const servers = [
    await listening(createServer(pages), configuration.port),
    await listening(createServer(control), configuration.socket),
  ];
  log.always("INFO", "started");
  await Promise.all([
    receiveForever(configuration, log, stop),
    archiveForever(configuration, log, stop),
    backUpWhenDue(configuration, backup, stop),
  ]);
  for (const server of servers) {
    server.close();
    server.closeAllConnections();
  }
}

async function backUpWhenDue(
  configuration: Configuration,
  backup: () => Promise<Backup>,
  stop: AbortSignal,
): Promise<void> {
  let notBefore = 0;
  while (!stop.aborted) {
    const { archive, every } = configuration;
    // Until a log is received at all there is nothing to begin with; receiving says why.
    const since = await unbrokenSince(archive);
    const due = since === undefined ? Number.POSITIVE_INFINITY : dueAt(await backupsIn(archive), every, since);
    if (Date.now() >= Math.max(notBefore, due)) {
      notBefore = await backup().then(
        () => 0,
        () => Date.now() + retryAfter,
      );
    }
    await delay(pollEvery, undefined, { signal: stop }).catch(() => {});
  }
}

const listening = (server: Server, at: number | string): Promise<Server> =>
  new Promise((resolve, reject) => server.once("error", reject).listen(at, () => resolve(server)));
