import { alertPanel } from "./alert-panel.ts";
import { type Dashboard, lines, rateWindow, type Shown, where } from "./dashboard.ts";

/** Orders, backtests and whether trading goes on. */
export function businessDashboard(shown: Shown): Dashboard {
  const { metricNames } = shown.settings.backend;
  const { orders, backtestQueue, tradingHealthy } = metricNames;
  return {
    uid: "business",
    title: "Business",
    description: "Whether orders are executed, how many fail, how long backtests wait.",
    variables: [],
    rows: [
      {
        title: "What pages",
        panels: [
          ...alertPanel(shown, "TradingSystemUnhealthy", {
            title: "Trading goes on",
            unit: "bool_yes_no",
            legends: ["healthy"],
          }),
          ...alertPanel(shown, "HighOrderFailureRate", {
            title: "Orders that fail",
            unit: "percent",
            legends: ["failed"],
          }),
          ...alertPanel(shown, "BacktestQueueBackup", {
            title: "Backtests that wait",
            unit: "short",
            legends: ["wait"],
          }),
        ],
      },
      {
        title: "Work",
        panels: where(
          shown,
          "backend",
          lines(
            { title: "Orders by how they ended", unit: "ops", description: "Orders that came to an end, a second." },
            [`sum by (state) (rate(${orders}[${rateWindow}]))`, "{{state}}"],
          ),
          lines(
            {
              title: "Trading, by instance",
              unit: "bool_yes_no",
              description: "Orders are executed while one instance says yes.",
            },
            [`max by (job, instance) (${tradingHealthy})`, "{{job}} {{instance}}"],
          ),
          lines(
            {
              title: "Growth of the queue",
              unit: "short",
              description:
                "Backtests by which the queue grows in an hour, at the pace of the last 15 minutes; below 0 it shrinks.",
            },
            [`3600 * max(deriv(${backtestQueue}[15m]))`, "in an hour"],
          ),
        ),
      },
    ],
  };
}
