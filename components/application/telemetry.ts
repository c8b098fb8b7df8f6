/**
 * What the trading application tells of itself: names that its services emit and that alerts and dashboards look for.
 * Another application says its own in the settings (`backend.metricNames`, `backend.logEvents`). Imports nothing, so
 * that a service can build it into its image.
 */

/** Prometheus metrics. */
export const metricNames = {
  /** Counter of HTTP requests; labels `method`, `route`, `status`. */
  requests: "app_http_requests_total",
  /** Histogram of their duration in seconds; labels as theirs. */
  requestDuration: "app_http_request_duration_seconds",
  /** Gauge: 1 while orders are executed, 0 otherwise. */
  tradingHealthy: "app_trading_healthy",
  /** Counter of orders; label `state`: `executed`, `failed` … */
  orders: "app_orders_total",
  /** Gauge: backtests that wait. */
  backtestQueue: "app_backtest_queue_length",
  /** Gauge: when a certificate of mTLS ends, in seconds since 1970; label `certificate`: whose. */
  certificateEnd: "app_certificate_end_timestamp_seconds",
} as const;

/**
 * Seconds: upper ends of the buckets of `requestDuration`. The alerts' threshold (1 s) and objectives around it are among
 * them, so that a percentile is exact there; above the largest nothing is told apart.
 */
export const durationBuckets: readonly number[] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 0.8, 1, 1.2, 2.5, 5, 10];

/**
 * Values of the field `event` of a JSON log line. Beside it stands `level`, one of DEBUG, INFO, WARNING, ERROR and
 * CRITICAL; the collector makes a label of it.
 */
export const logEvents = {
  /** Written every {@link aliveSeconds} at any log level: at WARNING a healthy service says nothing else. */
  alive: "alive",
  /** A wrong password or an unknown user; audited, so at any log level. */
  loginFailed: "login_failed",
  /** An error that no handler expected, with its stack; level ERROR. */
  unhandledException: "unhandled_exception",
} as const;

/** Between two lines that say `alive`. */
export const aliveSeconds = 60;
