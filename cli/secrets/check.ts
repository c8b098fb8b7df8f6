import { identifiedMembers } from "../../components/mtls.ts";
import { secretUsers } from "../../components/secrets.ts";
import type { Settings } from "../../components/settings.ts";
import {
  formatDuration,
  isLonger,
  isWorkload,
  type Member,
  type SecretName,
  type SecretSource,
  seconds,
} from "../../components/workload/index.ts";
import { developersSecrets } from "../engine/developer/secrets.ts";
import type { Held } from "./held.ts";
import { certificates, howToSet, howToSetAt, placeOf } from "./places.ts";

/** One secret of a stack, as `./platform secrets check` tells it; never its value. */
export interface Checked {
  /** A name of the settings, or what a workload's agent logs in to Vault with. */
  readonly secret: string;
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
const haveAnEnd: readonly SecretName[] = [...certificates, "mtlsAuthority", ...identifiedMembers.values()];

const isOneOf = (secret: string, names: readonly SecretName[]): boolean => names.some((name) => name === secret);

/** Each question to AWS is a process of the CLI, which takes a second of CPU. */
const atOnce = 4;

/** Judges every secret that the stack needs; `held` looks where it is. */
export async function checkSecrets(
  settings: Settings,
  members: readonly Member[],
  held: (source: SecretSource) => Promise<Held>,
  now: Date,
): Promise<readonly Checked[]> {
  const needed: readonly Needed[] = [
    ...[...secretUsers(members, settings)].map(([secret, users]) => ({
      secret,
      users,
      source: settings.secrets[secret],
      howToSet: (isMissing: boolean) => howToSet(settings, secret, isMissing),
    })),
    ...agentsCredentials(settings, members),
  ];
  const checked: Checked[] = [];
  for (let at = 0; at < needed.length; at += atOnce) {
    const some = needed.slice(at, at + atOnce).map(async (one) => judged(settings, one, await held(one.source), now));
    checked.push(...(await Promise.all(some)));
  }
  return checked;
}

interface Needed {
  readonly secret: string;
  readonly users: readonly string[];
  readonly source: SecretSource;
  howToSet(isMissing: boolean): string;
}

/** What agents log in to Vault with: held where the stack's secrets are by default, one pair a workload. */
function agentsCredentials(settings: Settings, members: readonly Member[]): readonly Needed[] {
  return members.filter(isWorkload).flatMap(({ name, agent }): readonly Needed[] => {
    if (agent?.login.kind !== "approle") return [];
    const { roleId, secretId } = agent.login;
    return Object.entries({ roleId, secretId }).map(([credential, source]) => ({
      secret: `vault/${name}/${credential}`,
      users: [name],
      source,
      howToSet: (isMissing) => howToSetAt(settings, source, isMissing),
    }));
  });
}

function judged(settings: Settings, { secret, users, source, howToSet: set }: Needed, held: Held, now: Date): Checked {
  const since = held.state === "there" ? held.since : undefined;
  // What a developer's stack makes by itself, it makes in the developer's own file.
  const isMade =
    settings.environment === "development" && source.kind === "config" && isOneOf(secret, developersSecrets);
  const { verdict, remark } = verdictOn(settings, secret, held, isMade, now);
  return {
    secret,
    users,
    place: placeOf(source),
    verdict,
    since: since?.toISOString(),
    remark,
    remedy: verdict === "fine" || verdict === "not told" ? "" : set(verdict === "missing"),
  };
}

function verdictOn(
  { secretMaxAge }: Settings,
  secret: string,
  held: Held,
  isMade: boolean,
  now: Date,
): Pick<Checked, "verdict" | "remark"> {
  switch (held.state) {
    case "missing":
      return isMade ? { verdict: "fine", remark: "made by ./platform up" } : { verdict: "missing", remark: "" };
    case "in plain text":
      return { verdict: "in plain text", remark: "who reads the file has it: choose another value" };
    case "not told":
      return { verdict: "not told", remark: held.why };
    case "there": {
      if (held.since === undefined) return { verdict: "fine", remark: "nobody wrote down since when" };
      const age = seconds(Math.max(0, (now.getTime() - held.since.getTime()) / 1000));
      const days = `${Math.floor(age.seconds / 86_400)} days old`;
      return isLonger(age, secretMaxAge) && !isOneOf(secret, haveAnEnd)
        ? { verdict: "too old", remark: `${days}; secretMaxAge is ${formatDuration(secretMaxAge)}` }
        : { verdict: "fine", remark: days };
    }
  }
}
