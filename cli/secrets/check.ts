import { identifiedMembers } from "../../components/mtls.ts";
import { secretUsers } from "../../components/secrets.ts";
import type { Settings } from "../../components/settings.ts";
import {
  formatDuration,
  isLonger,
  type Member,
  type SecretName,
  type SecretSource,
  seconds,
} from "../../components/workload/index.ts";
import { developersSecrets } from "../engine/developer/secrets.ts";
import type { Held } from "./held.ts";
import { howToSet, placeOf } from "./places.ts";

/** One secret of a stack, as `./platform secrets check` tells it; never its value. */
export interface Checked {
  readonly secret: SecretName;
  /** Members that need it. */
  readonly users: readonly string[];
  readonly place: string;
  readonly verdict: "fine" | "missing" | "too old" | "in plain text" | "not told";
  /** When its value was set, ISO 8601; undefined where nobody wrote it down. */
  readonly since: string | undefined;
  /** What is wrong, or what is known, in a few words. */
  readonly remark: string;
  /** Command that sets it; empty where nothing is to be done. */
  readonly remedy: string;
}

/** Their own end is watched by the alert CertificateExpires. */
const haveAnEnd: readonly SecretName[] = [
  "tlsCertificate",
  "tlsPrivateKey",
  "monitoringCertificate",
  "monitoringPrivateKey",
  "mtlsAuthority",
  ...identifiedMembers.values(),
];

/** Each question to AWS is a process of the CLI, which takes a second of CPU. */
const atOnce = 4;

/** Judges every secret that the stack needs; `held` looks where it is. */
export async function checkSecrets(
  settings: Settings,
  members: readonly Member[],
  held: (source: SecretSource) => Promise<Held>,
  now: Date,
): Promise<readonly Checked[]> {
  const users = [...secretUsers(members, settings)];
  const checked: Checked[] = [];
  for (let at = 0; at < users.length; at += atOnce) {
    const some = users.slice(at, at + atOnce).map(async ([secret, needing]) => {
      const found = await held(settings.secrets[secret]);
      return judged(settings, secret, needing, found, now);
    });
    checked.push(...(await Promise.all(some)));
  }
  return checked;
}

function judged(settings: Settings, secret: SecretName, users: readonly string[], held: Held, now: Date): Checked {
  const since = held.state === "there" ? held.since : undefined;
  const { verdict, remark } = verdictOn(settings, secret, held, now);
  return {
    secret,
    users,
    place: placeOf(settings.secrets[secret]),
    verdict,
    since: since?.toISOString(),
    remark,
    remedy: verdict === "fine" || verdict === "not told" ? "" : howToSet(settings, secret, verdict === "missing"),
  };
}

function verdictOn(
  { environment, secretMaxAge }: Settings,
  secret: SecretName,
  held: Held,
  now: Date,
): Pick<Checked, "verdict" | "remark"> {
  switch (held.state) {
    case "missing":
      return environment === "development" && developersSecrets.includes(secret)
        ? { verdict: "fine", remark: "made by ./platform up" }
        : { verdict: "missing", remark: "" };
    case "in plain text":
      return { verdict: "in plain text", remark: "who reads the file has it: choose another value" };
    case "not told":
      return { verdict: "not told", remark: held.why };
    case "there": {
      if (held.since === undefined) return { verdict: "fine", remark: "nobody wrote down since when" };
      const age = seconds(Math.max(0, (now.getTime() - held.since.getTime()) / 1000));
      const days = `${Math.floor(age.seconds / 86_400)} days old`;
      return isLonger(age, secretMaxAge) && !haveAnEnd.includes(secret)
        ? { verdict: "too old", remark: `${days}; secretMaxAge is ${formatDuration(secretMaxAge)}` }
        : { verdict: "fine", remark: days };
    }
  }
}
