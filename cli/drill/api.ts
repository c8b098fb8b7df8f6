import { z } from "zod";
import type { AlertName } from "../../components/alerts/names.ts";
import { sinkName, sinkPorts } from "../../components/alerts/sink.ts";
import type { Settings } from "../../components/settings.ts";
import type { Message } from "../../services/alert-sink/messages.ts";
import { channels } from "../../services/alert-sink/received.ts";
import type { Faults } from "../../services/backend/storage/controls.ts";
import type { Addresses } from "./addresses.ts";

/** What a drill asks the stack's own servers. */
export interface Api {
  /** As an admin of the application. */
  backend(method: "GET" | "POST" | "PUT", path: string, body?: object): Promise<Response>;
  /** The backend's own faults, of this alert's drill; none where they are over. Those of other drills stay. */
  faults(alert: AlertName, wanted: Partial<Faults> | undefined): Promise<void>;
  /** What came at the sink after a moment. */
  messages(since: Date): Promise<readonly Message[]>;
  /** Alerts that wait or fire, by name; of the metrics' rules. */
  active(): Promise<ReadonlyMap<string, "pending" | "firing">>;
}

/** What a drill reads of a message at the sink. */
const message = z.object({
  channel: z.enum(channels),
  at: z.string(),
  status: z.number(),
  state: z.enum(["firing", "resolved"]).exactOptional(),
  firing: z.array(z.string()),
  resolved: z.array(z.string()),
  title: z.string(),
});

/** https://prometheus.io/docs/prometheus/latest/querying/api/#alerts */
const alerts = z.object({
  data: z.object({
    alerts: z.array(z.object({ labels: z.object({ alertname: z.string() }), state: z.enum(["pending", "firing"]) })),
  }),
});

/** A server on this machine that takes longer has a fault of its own. */
const timeoutMs = 15_000;

/** Run in the backend's container, where the password is: it never leaves it. */
const login = (port: number) => `
fetch("http://127.0.0.1:${port}/api/v1/auth/login", {
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ username: "admin", password: process.env.ADMIN_PASSWORD }),
}).then(async (answer) => {
  if (answer.status !== 200) throw new Error("login: " + answer.status);
  process.stdout.write((await answer.json()).token);
});`;

export function openApi(
  address: Addresses,
  runInBackend: (words: readonly string[]) => Promise<string>,
  { backend: { port } }: Settings,
): Api {
  const places = {
    // A rolling workload owns no port of the host: the gateway forwards it.
    backend: address("gateway", port),
    sink: address(sinkName, sinkPorts.http),
    prometheus: address("prometheus", 9090),
  };
  const wantedFaults = new Map<AlertName, Partial<Faults>>();
  let token: Promise<string> | undefined;

  async function backend(method: string, path: string, body?: object): Promise<Response> {
    const ask = async () => {
      token ??= runInBackend(["node", "-e", login(port)]);
      const headers = {
        authorization: `Bearer ${await token}`,
        "idempotency-key": crypto.randomUUID(),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      };
      const content = body === undefined ? {} : { body: JSON.stringify(body) };
      return fetch(`${places.backend}/api/v1${path}`, {
        method,
        headers,
        ...content,
        signal: AbortSignal.timeout(timeoutMs),
      });
    };
    try {
      const answer = await ask();
      if (answer.status !== 401) return answer;
    } catch (error) {
      // Without a token there is nothing to keep.
      await token?.catch(() => {
        token = undefined;
      });
      throw error;
    }
    token = undefined;
    return ask();
  }

  return {
    backend,
    faults: async (alert, wanted) => {
      if (wanted === undefined) wantedFaults.delete(alert);
      else wantedFaults.set(alert, wanted);
      const { status } = await backend("PUT", "/admin/faults", Object.assign({}, ...wantedFaults.values()));
      if (status !== 202) throw new Error(`the backend's faults cannot be set (${status}): is backend.faults true?`);
    },
    messages: (since) => read(`${places.sink}/messages?since=${since.toISOString()}`, z.array(message)),
    active: async () => {
      const { data } = await read(`${places.prometheus}/api/v1/alerts`, alerts);
      return new Map(data.alerts.map(({ labels, state }) => [labels.alertname, state]));
    },
  };
}

async function read<Answer>(url: string, schema: z.ZodType<Answer>): Promise<Answer> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
  if (answer.status !== 200) throw new Error(`${new URL(url).pathname} answers ${answer.status}`);
  return schema.parse(await answer.json());
}
