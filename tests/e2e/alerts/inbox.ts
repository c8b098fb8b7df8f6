import { type Came, taken } from "../../../services/alert-sink/received.ts";
import { until } from "../../support/process.ts";

/** The messages that a channel took from number `after` on, once they are so many. */
export const arrived = <Message>(
  came: readonly Came<Message>[],
  { after = 0, count = 1, seconds = 30 }: { readonly after?: number; readonly count?: number; seconds?: number } = {},
): Promise<readonly Message[]> =>
  until(
    `${count} messages`,
    async () => {
      const messages = taken(came.slice(after));
      return messages.length >= count ? messages : undefined;
    },
    { timeoutSeconds: seconds },
  );

/** Waits until it holds. */
export const holds = (what: string, check: () => boolean | Promise<boolean>, seconds = 30): Promise<true> =>
  until(what, async () => ((await check()) ? true : undefined), { timeoutSeconds: seconds });
