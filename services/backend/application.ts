import type { Configuration } from "./configuration.ts";
import { tradingServer, workerServer } from "./http/server.ts";
import type { Observed, Server } from "./http/services.ts";
import { makeTokens } from "./http/tokens.ts";
import { cachedChecks, shared } from "./observability/checks.ts";
import type { Log } from "./observability/log.ts";
import { addCertificates, addGauges, makeMetrics } from "./observability/metrics.ts";
import { watchSystem } from "./observability/system.ts";
import { type RuntimeControls, watchControls } from "./runtime-controls.ts";
import { openStores, type Stores } from "./storage/stores.ts";
import { type Mutual, openMutual } from "./tls/mutual.ts";
import type { OwnCertificate } from "./tls/own-certificate.ts";
import { backtestTurn } from "./work/backtest-turn.ts";
import { simulatedExchange } from "./work/exchange.ts";
import { type Loop, startLoop } from "./work/loop.ts";
import { orderTurn } from "./work/order-turn.ts";
import { refillTurn } from "./work/refill-turn.ts";

/** What changes while a process lives. */
export interface Life {
  /** First connections made, migrations applied. */
  started: boolean;
  draining: boolean;
}

/** The parts of a process, put together; nothing listens and nothing has been asked of the stores yet. */
export interface Application {
  readonly server: Server;
  readonly stores: Stores;
  /** What it shows where TLS is mutual. */
  readonly certificate: OwnCertificate | undefined;
  /** Begins a worker's work; a backend has none. Answers what ends it, after what is being done. */
  readonly work: () => readonly Loop[];
  /** Last of all. */
  close(): Promise<void>;
}

export async function assemble(configuration: Configuration, log: Log, life: Life): Promise<Application> {
  const mutual = openMutual(configuration, log);
  const stores = openStores({ ...configuration, certificate: mutual?.certificate }, (what) => (error) => {
    log.at.warn({ event: "connection_lost", exception: error }, `a connection to the ${what} broke`);
  });
  const controls = watchControls(stores.controls, configuration, log);
  const observed = observe(configuration, log, life, stores, mutual);
  const parts =
    configuration.service === "worker"
      ? { server: await workerServer(observed), work: () => startWork(configuration, observed, stores, controls) }
      : { server: await tradingServer(trading(configuration, observed, stores, controls)), work: () => [] };
  return {
    ...parts,
    stores,
    certificate: mutual?.certificate,
    close: async () => {
      mutual?.close();
      await controls.stop();
      await stores.close();
    },
  };
}

function observe(
  configuration: Configuration,
  log: Log,
  life: Life,
  stores: Stores,
  mutual: Mutual | undefined,
): Observed {
  const metrics = makeMetrics(configuration.service, configuration.version);
  addGauges(metrics, {
    connections: () => stores.database.connections(),
    oldestOrderSeconds: shared(() => stores.outbox.oldestSeconds()),
    backtestsWaiting: shared(() => stores.queue.waiting()),
  });
  if (mutual !== undefined) addCertificates(metrics, mutual.ends);
  return {
    ...(mutual === undefined ? {} : { serverFactory: mutual.serverFactory }),
    configuration,
    log,
    metrics,
    readiness: () => ({ started: life.started, draining: life.draining }),
    health: cachedChecks({ database: stores.pingDatabase, redis: stores.pingCache }, (name, error) =>
      log.at.warn({ event: "check_failed", component: name, exception: error }, `${name} does not answer`),
    ),
    system: watchSystem(),
  };
}

const trading = (configuration: Configuration, observed: Observed, stores: Stores, controls: RuntimeControls) => ({
  ...observed,
  ...stores,
  tokens: makeTokens(configuration.tokenSigningKey, `trading-${configuration.environment}`),
  alertWebhookToken: configuration.alertWebhookToken,
  ...(configuration.faults ? { faults: controls.faults } : {}),
});

/** Milliseconds between two looks into an empty outbox. */
const outboxPause = 200;

/** Milliseconds between two looks for backtests that lost their entry: a lost one begins again within one and a half minutes. */
const refillPause = 30_000;

function startWork(
  { instance }: Configuration,
  { log, metrics }: Observed,
  { outbox, exchangeBook, queue, backtests }: Stores,
  controls: RuntimeControls,
): readonly Loop[] {
  const isPaused = () => controls.faults().workersPaused;
  const onError = (error: unknown) => log.at.error({ event: "work_failed", exception: error }, "a turn of work failed");
  const orders = orderTurn({
    outbox,
    exchange: simulatedExchange(controls.faults, exchangeBook),
    metrics,
    log,
    isPaused,
  });
  const backtesting = backtestTurn({ worker: instance, queue, backtests, metrics, log, isPaused });
  return [
    startLoop(orders, { pauseMs: outboxPause, onError }),
    startLoop(backtesting, { pauseMs: outboxPause, onError }),
    startLoop(refillTurn({ queue, backtests, log }), { pauseMs: refillPause, onError }),
  ];
}
