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
import { dueAt, unproven } from "./retention.ts";

/** Milliseconds after which what failed is tried again. */
const retryAfter = 60_000;
const pollEvery = 1_000;

/** Receives the log, takes a backup when one is due, proves it, and removes what is older than the retention; until it is stopped. */
export async function serve(configuration: Configuration, log: Log, stop: AbortSignal): Promise<void> {
  let failures = 0;
  let queue: Promise<unknown> = Promise.resolve();

  const take = async (): Promise<Backup> => {
    const taken = await takeBackup(configuration, await openStream(configuration));
    log.always("INFO", "backup_taken", { id: taken.id, bytes: taken.sizeBytes });
    return taken;
  };

  /** One at a time, whoever asks; one that was taken before is proven alone. */
  const backup: BackUp = (before) => {
    const next = queue.then(async () => {
      try {
        const taken = before ?? (await take());
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
    // A backup that is under way is no loss: the next start goes on with it, or takes one.
    Promise.race([backUpWhenDue(configuration, backup, stop), aborted(stop)]),
  ]);
  for (const server of servers) {
    server.close();
    server.closeAllConnections();
  }
}

type BackUp = (before?: Backup) => Promise<Backup>;

async function backUpWhenDue(configuration: Configuration, backup: BackUp, stop: AbortSignal): Promise<void> {
  let notBefore = 0;
  while (!stop.aborted) {
    const { archive, every } = configuration;
    // Until a log is received at all there is nothing to begin with; receiving says why.
    const since = await unbrokenSince(archive);
    const backups = await backupsIn(archive);
    const before = since === undefined ? undefined : unproven(backups, every, since, Date.now());
    const due = since === undefined ? Number.POSITIVE_INFINITY : dueAt(backups, every, since);
    if (Date.now() >= Math.max(notBefore, before === undefined ? due : 0)) {
      notBefore = await backup(before).then(
        () => 0,
        () => Date.now() + retryAfter,
      );
    }
    await delay(pollEvery, undefined, { signal: stop }).catch(() => {});
  }
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => (signal.aborted ? resolve() : signal.addEventListener("abort", () => resolve())));

const listening = (server: Server, at: number | string): Promise<Server> =>
  new Promise((resolve, reject) => server.once("error", reject).listen(at, () => resolve(server)));
