import type { MetricSettings, RemoteWrite } from "../settings.ts";
import type { SecretFile } from "../workload/index.ts";

const credential = "/etc/prometheus-secrets/remote-write-credential";

/** The password or token of the remote store; none where there is no such store, or it asks for none. */
export const remoteWriteSecrets = ({ remoteWrite }: MetricSettings): readonly SecretFile[] =>
  remoteWrite === undefined || remoteWrite.authentication === "none"
    ? []
    : [{ path: credential, secret: "remoteWriteCredential" }];

/** Prometheus' `remote_write`; nothing where there is no remote store. */
export const remoteWriteConfig = ({ remoteWrite }: MetricSettings) =>
  remoteWrite === undefined
    ? {}
    : {
        remote_write: [
          {
            name: "remote",
            url: remoteWrite.url,
            ...authentication(remoteWrite),
            queue_config: queue(remoteWrite),
          },
        ],
      };

const queue = ({ maxShards, samplesPerSend }: RemoteWrite) => ({
  // A store that is overloaded gets them later, not never.
  retry_on_http_429: true,
  ...(maxShards === undefined ? {} : { max_shards: maxShards }),
  // prometheus.io, "Remote write tuning": the queue holds three to ten times what is sent at once; five are its own.
  ...(samplesPerSend === undefined ? {} : { max_samples_per_send: samplesPerSend, capacity: 5 * samplesPerSend }),
});

function authentication({ authentication: kind, user }: RemoteWrite) {
  switch (kind) {
    case "none":
      return {};
    case "basic":
      return { basic_auth: { username: user, password_file: credential } };
    case "bearer":
      return { authorization: { credentials_file: credential } };
  }
}
