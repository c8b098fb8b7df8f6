import type { Settings } from "../settings.ts";

/** What customers may not see, as nginx's regular expression; a path is named once, whoever hides it. */
export function hiddenPattern({ gateway, backend, alerts }: Settings): string {
  return pattern([...new Set([...gateway.hiddenPaths, backend.metricsPath, alerts.receivers.webhook.path])]);
}

/** What the backend answers. */
export const apiPattern = ({ gateway }: Settings): string => pattern(gateway.apiPaths);

/** The paths and what lies below; of what a path may hold only the dot means something in an expression. */
const pattern = (paths: readonly string[]): string =>
  `^(${paths.map((path) => path.replaceAll(".", "\\.")).join("|")})(/|$)`;
