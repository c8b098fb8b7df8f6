import { choice, section, text, whole } from "./fields.ts";

/** Where metrics are sent besides, and how. */
const written = section("A second store of metrics, which outlives this one: Mimir, Thanos, a managed Prometheus.", {
  url: text(
    "Where it takes samples.",
    /^https?:\/\/[^\s"@]+$/,
    "a URL without user and password, as https://mimir.example.com/api/v1/push",
  ),
  authentication: choice("How it knows us; password or token is the secret remoteWriteCredential.", [
    "none",
    "basic",
    "bearer",
  ]),
  user: text("Of basic authentication.", /^[^\s:]+$/, "a user name without spaces and colons").exactOptional(),
  // prometheus.io, "Remote write tuning": its own 50 and 2000 serve for most.
  maxShards: whole(
    "Connections that send at the same time, at most; default: Prometheus' own.",
    1,
    200,
  ).exactOptional(),
  samplesPerSend: whole("Samples in one request, at most; default: Prometheus' own.", 100, 20_000).exactOptional(),
});

export const remoteWrite = written.superRefine(({ authentication, user }, context) => {
  if ((authentication === "basic") === (user !== undefined)) return;
  const message =
    user === undefined
      ? "is missing: authentication basic has one"
      : `may not be said: authentication ${authentication} has no user; remove it, or say basic`;
  context.addIssue({ code: "custom", message, path: ["user"] });
});
