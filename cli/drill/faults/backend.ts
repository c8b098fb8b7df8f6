import type { AlertName } from "../../../components/alerts/names.ts";
import type { Faults } from "../../../services/backend/storage/controls.ts";
import type { Fault } from "../drill.ts";
import type { Place } from "../place.ts";
import { stopped } from "./containers.ts";

/** Milliseconds between two requests of a customer: enough for a rate, nothing for the machine. */
const pace = 250;

const askForOrders = ({ api }: Place) => api.backend("GET", "/orders?limit=1");

/** The backend misbehaves as its own fault switches say, while customers ask. */
export const switched = (alert: AlertName, what: string, faults: Partial<Faults>): Fault => ({
  what,
  set: async (place) => {
    await place.api.faults(alert, faults);
    place.keepDoing(alert, pace, () => askForOrders(place));
  },
  repair: async (place) => {
    place.callOff(alert);
    await place.api.faults(alert, undefined);
  },
});

/** More than the exchange has: it refuses each. */
const tooLarge = 500_000;

const placeOrder = ({ api }: Place, quantity: number) =>
  api.backend("POST", "/orders", { symbol: "DRILL", side: "buy", quantity });

export const refusedOrders: Fault = {
  what: "the exchange refuses orders",
  set: async (place) => place.keepDoing("HighOrderFailureRate", 1_000, () => placeOrder(place, tooLarge)),
  repair: async (place) => place.callOff("HighOrderFailureRate"),
};

/** Orders wait for an exchange that does not answer: each stays open until it says what became of it, so the oldest grows older. */
export const silentExchange: Fault = {
  what: "the exchange does not answer",
  set: async (place) => {
    await place.api.faults("TradingSystemUnhealthy", { exchangeFails: true });
    place.keepDoing("TradingSystemUnhealthy", 5_000, () => placeOrder(place, 1));
  },
  repair: async (place) => {
    place.callOff("TradingSystemUnhealthy");
    await place.api.faults("TradingSystemUnhealthy", undefined);
  },
};

const worker = stopped("worker");

/** Some more than the alert's limit wait for a worker that is gone. */
export const queuedBacktests: Fault = {
  what: "the worker is stopped, and backtests are queued",
  set: async (place) => {
    await worker.set(place);
    const { backtestQueueLength } = place.settings.alerts.thresholds;
    for (let count = 0; count < 1.1 * backtestQueueLength; count += 1) {
      const request = { symbol: "DRILL", fast: 5, slow: 20, days: 100 };
      const { status } = await place.api.backend("POST", "/backtests", request);
      if (status !== 202) throw new Error(`a backtest cannot be queued (${status})`);
    }
  },
  // It works them off.
  repair: (place) => worker.repair(place),
};
