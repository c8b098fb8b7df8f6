import { identifiedMembers } from "../../components/mtls.ts";
import { secretUsers } from "../../components/secrets.ts";
import type { Settings } from "../../components/settings.ts";
import { describePlatform, membersOf } from "../../components/specification.ts";
import { UserError } from "../console/error.ts";
import { root } from "../root.ts";
import { keepSecret, keptSecret } from "../secrets/keep.ts";
import { lookUp } from "../secrets/look-up.ts";
import { settingsInUse } from "../secrets/settings.ts";
import type { CertsGround } from "./certs.ts";

/** Members that mount a certificate of their own, in the order in which they are started. */
export function certifiedMembers(settings: Settings): readonly string[] {
  const users = secretUsers(membersOf(describePlatform(settings)), settings);
  return [...identifiedMembers].flatMap(([member, secret]) => (users.has(secret) ? [member] : []));
}

/** A stack's certificates, where its settings say that they are held. */
export const openCerts = async (stack: string, say: (line: string) => void): Promise<CertsGround> =>
  certsGround(await settingsInUse(stack), say);

/** The same of settings that were read already. */
export async function certsGround(settings: Settings, say: (line: string) => void): Promise<CertsGround> {
  const { stack } = settings;
  if (!settings.mtls) {
    throw new UserError(
      `${stack}: mtls is off, so nobody asks for certificates; switch it on with trading-platform:mtls: true`,
    );
  }
  const held = await lookUp(root, stack, settings.vault);
  return {
    settings,
    members: certifiedMembers(settings),
    kept: async (secret) => {
      const found = await held(settings.secrets[secret]);
      if (found.state === "missing") return undefined;
      if (found.state === "not told")
        throw new UserError(`${stack}: secret ${secret} could not be looked up: ${found.why}`);
      return keptSecret(settings, secret);
    },
    keep: (secret, value) => keepSecret(settings, secret, value),
    now: new Date(),
    say,
  };
}
