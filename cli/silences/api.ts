import { z } from "zod";
import type { HeldSilence, PostedSilence, SilencePlan } from "../../components/alerts/silences.ts";
import { UserError } from "../console/error.ts";

const held = z.array(
  z.object({
    id: z.string(),
    status: z.object({ state: z.enum(["active", "pending", "expired"]) }),
    matchers: z.array(
      // Absent in what an older version wrote: equal.
      z.object({ name: z.string(), value: z.string(), isRegex: z.boolean(), isEqual: z.boolean().default(true) }),
    ),
    startsAt: z.string(),
    endsAt: z.string(),
    createdBy: z.string(),
    comment: z.string(),
  }),
);

/** Every silence that this Alertmanager holds, by version 2 of its API. Throws a UserError where it does not answer. */
export async function heldSilences(url: string): Promise<readonly HeldSilence[]> {
  return held.parse(await (await asked(`${url}/api/v2/silences`)).json());
}

/** Does what is planned, and nothing else. */
export async function applySilences(url: string, { post, remove }: SilencePlan): Promise<void> {
  for (const silence of post) await asked(`${url}/api/v2/silences`, "POST", silence);
  for (const id of remove) await asked(`${url}/api/v2/silence/${id}`, "DELETE");
}

async function asked(url: string, method = "GET", body?: PostedSilence): Promise<Response> {
  const request = {
    method,
    signal: AbortSignal.timeout(10_000),
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
  };
  const answer = await fetch(url, request).catch((error: Error) => {
    throw new UserError(
      `Alertmanager does not answer at ${new URL(url).origin}: ${String(error.cause ?? error.message)}`,
    );
  });
  if (answer.ok) return answer;
  throw new UserError(`Alertmanager says ${answer.status} to ${method} ${url}: ${await answer.text()}`);
}
