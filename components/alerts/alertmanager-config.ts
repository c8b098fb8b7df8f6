import type { Settings } from "../settings.ts";
import { commented } from "../yaml.ts";
import { inhibitRules } from "./inhibitions.ts";
import { messagesFile } from "./messages.ts";
import { receiversOf } from "./receivers.ts";
import { routeTree, timeIntervals } from "./routes.ts";

/** alertmanager.yml of the stack; `address` says where its members are. */
export function alertmanagerConfig(settings: Settings, address: (member: string) => string): string {
  const intervals = timeIntervals(settings);
  return commented(
    {
      templates: [messagesFile],
      route: routeTree(settings),
      ...(intervals.length === 0 ? {} : { time_intervals: intervals }),
      inhibit_rules: inhibitRules(),
      receivers: receiversOf(settings, address),
    },
    "Rendered by ./platform render from components/alerts/alertmanager-config.ts.",
    [
      [["templates"], "What people read: components/alerts/messages.ts."],
      [["route"], "Who is told, by severity: components/alerts/routes.ts."],
      [["inhibit_rules"], "What follows from something else is told to nobody: components/alerts/inhibitions.ts."],
      [["receivers"], "How they are told; secrets are in files: components/alerts/receivers.ts."],
    ],
  );
}
