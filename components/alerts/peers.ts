import type { Blueprint } from "../blueprint.ts";
import { schemeOf } from "../protection.ts";
import type { Settings } from "../settings.ts";
import { type Duration, seconds } from "../workload/index.ts";

/**
 * How many Alertmanagers a stack has: two on Kubernetes, so that the loss of a host delays no page. On ECS there is one
 * host for what owns a volume, and on Docker one host at all: there is one, and the heartbeat says when it is gone.
 */
export const alertmanagers = ({ target, environment }: Pick<Settings, "target" | "environment">): number =>
  target.discovery === "kubernetes" && environment !== "development" ? 2 : 1;

/**
 * The second one waits so long for the word that the first has delivered: all that production's minute leaves. Gossip takes
 * a fraction of a second, and a receiver that is well answers within one (measured on a quiet machine: all four channels
 * together in 0.2 s); from one that takes longer people may have a message twice, of which PagerDuty
 * makes one incident. Twice is better than late.
 */
export const peerTimeout = seconds(2);

/** The longest that a message waits for peers that are gone. */
export const peerWait = (settings: Pick<Settings, "target" | "environment">): Duration =>
  seconds((alertmanagers(settings) - 1) * peerTimeout.seconds);

/** Each of them by itself, for who has to tell them all: pods of a StatefulSet have names of their own. */
export function alertmanagerUrls({ settings, address }: Blueprint): readonly string[] {
  const count = alertmanagers(settings);
  const names =
    count === 1 ? ["alertmanager"] : Array.from({ length: count }, (_, pod) => `alertmanager-${pod}.alertmanager`);
  return names.map((name) => `${schemeOf(settings)}://${address(name)}:9093`);
}
