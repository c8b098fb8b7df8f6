import { identifiedMembers, identityNames, untoldMembers } from "../../components/mtls.ts";
import type { Settings } from "../../components/settings.ts";
import type { SecretName } from "../../components/workload/index.ts";
import { UserError } from "../console/error.ts";
import type { KeyPair } from "../engine/developer/certificate.ts";
import { issueCertificate, makeAuthority } from "./authority.ts";
import { certificatesIn, type Judged, judgeAuthority, judgeMember, type KeptAuthority } from "./judge.ts";

/** What the commands work on: a stack's secrets, or a test's. */
export interface CertsGround {
  readonly settings: Pick<Settings, "stack" | "target" | "secrets" | "mtls" | "environment">;
  /** Members of the stack that have a certificate. */
  readonly members: readonly string[];
  /** The kept value of a secret; undefined where there is none. Throws where it could not be told. */
  kept(secret: SecretName): Promise<string | undefined>;
  keep(secret: SecretName, value: string): Promise<void>;
  readonly now: Date;
  say(line: string): void;
}

/** Days that a member's certificate is good for, unless somebody says otherwise. */
const usualDays = 30;

/** Judges the authority and every member's certificate. */
export async function checkCerts(ground: CertsGround): Promise<readonly Judged[]> {
  const authority = await keptAuthority(ground);
  return [judgeAuthority(authority, ground.now), ...(await judgedMembers(ground, authority))];
}

/** Makes what is missing or cannot be used; what is good stays. Answers the names of what was made. */
export async function issueCerts(ground: CertsGround, days = usualDays): Promise<readonly string[]> {
  const kept = await keptAuthority(ground);
  const isFirst = kept.certificates === undefined || kept.privateKey === undefined;
  const members = await judgedMembers(ground, kept);
  if (isUnderWay(kept) && members.some(({ verdict }) => verdict !== "fine")) throw underWay(ground);
  if (isFirst && members.some(({ verdict }) => verdict !== "missing")) {
    throw new UserError(
      `${ground.settings.stack}: the authority's certificate or key is missing, and members have certificates of it: set mtlsAuthority and mtlsAuthorityKey to what they were, or make another authority: ./platform certs rotate ${ground.settings.stack} --authority`,
    );
  }
  const authority = isFirst ? await firstAuthority(ground) : usable(ground, kept, days);
  const isBad = ({ verdict }: Judged): boolean => verdict !== "fine";
  // Those that no metric tells are made along, so that none of them ends before what an alert sees.
  const wanted = members.some(isBad) ? members.filter((one) => isBad(one) || untoldMembers.has(one.of)) : [];
  const untoldDays = Math.max(
    days,
    daysUntilTold(
      members.filter((one) => !untoldMembers.has(one.of)),
      ground.now,
    ),
  );
  for (const { of } of wanted) await renew(ground, authority, of, untoldMembers.has(of) ? untoldDays : days);
  return [...(isFirst ? ["authority"] : []), ...wanted.map(({ of }) => of)];
}

/** Days until the first of them ends that is good; 0 where one is made anew, which then ends with what is made along. */
function daysUntilTold(told: readonly Judged[], now: Date): number {
  const left = told.map(({ verdict, ends = "" }) =>
    verdict === "fine" ? (Date.parse(ends) - now.getTime()) / 86_400_000 : 0,
  );
  return left.length === 0 ? 0 : Math.ceil(Math.min(...left));
}

/** Gives every member another certificate of the same authority. */
export async function rotateCerts(ground: CertsGround, days = usualDays): Promise<readonly string[]> {
  const kept = await keptAuthority(ground);
  if (isUnderWay(kept)) throw underWay(ground);
  const authority = usable(ground, kept, days);
  for (const member of ground.members) await renew(ground, authority, member, days);
  return ground.members;
}

/** A step of the change of authorities: each must have reached every member before the next. */
export type AuthorityStep = "both are trusted" | "certificates are the new one's" | "the old one is trusted no more";

/**
 * Puts another authority in place, in three steps with an `up` after each, so that at any moment each member trusts what
 * every other shows. Which comes next is read from what is kept.
 */
export async function rotateAuthority(ground: CertsGround, isNext: boolean, days = usualDays): Promise<AuthorityStep> {
  const { stack } = ground.settings;
  const kept = await keptAuthority(ground);
  const [current = "", old] = certificatesIn(kept.certificates ?? "");
  // Ended between the two: the old one signs still, and another begins anew.
  const isHalfBegun = old !== undefined && signs(old, kept);
  if (old === undefined || isHalfBegun) {
    if (isNext) throw new UserError(`${stack}: no change of authorities is under way; begin one without --next`);
    const made = await makeAuthority(stack, ground.now);
    // The key last: until then the old one signs, whose certificates everybody takes.
    await ground.keep("mtlsAuthority", made.certificate + (isHalfBegun ? old : current));
    await ground.keep("mtlsAuthorityKey", made.privateKey);
    return "both are trusted";
  }
  if (!isNext) throw underWay(ground);
  const authority = usable(ground, kept, days);
  const judged = await judgedMembers(ground, kept);
  if (judged.some(({ verdict }) => verdict !== "fine")) {
    for (const member of ground.members) await renew(ground, authority, member, days);
    return "certificates are the new one's";
  }
  await ground.keep("mtlsAuthority", current);
  return "the old one is trusted no more";
}

const isUnderWay = ({ certificates = "" }: KeptAuthority): boolean => certificatesIn(certificates).length > 1;

/** Whether the kept key is that certificate's. */
const signs = (certificate: string, { privateKey }: KeptAuthority): boolean =>
  !["wrong key", "missing"].includes(judgeAuthority({ certificates: certificate, privateKey }, new Date()).verdict);

const keptAuthority = async ({ kept }: CertsGround): Promise<KeptAuthority> => ({
  certificates: await kept("mtlsAuthority"),
  privateKey: await kept("mtlsAuthorityKey"),
});

async function judgedMembers(ground: CertsGround, { certificates }: KeptAuthority): Promise<readonly Judged[]> {
  const judged: Judged[] = [];
  for (const member of ground.members) {
    const pem = await ground.kept(secretOf(member));
    judged.push(judgeMember(member, pem, identityNames(ground.settings, member), certificates, ground.now));
  }
  return judged;
}

async function firstAuthority({ settings: { stack }, keep, now }: CertsGround): Promise<KeyPair> {
  const made = await makeAuthority(stack, now);
  await keep("mtlsAuthorityKey", made.privateKey);
  await keep("mtlsAuthority", made.certificate);
  return made;
}

/** The authority that signs. Throws with the way out where nobody would take what it signs. */
function usable({ settings: { stack }, now }: CertsGround, kept: KeptAuthority, days: number): KeyPair {
  const { verdict, ends, remark } = judgeAuthority(kept, now);
  const [certificate = ""] = certificatesIn(kept.certificates ?? "");
  const isTooShort = ends !== undefined && Date.parse(ends) < now.getTime() + days * 86_400_000;
  if ((verdict === "fine" || verdict === "ends soon") && !isTooShort) {
    return { certificate, privateKey: kept.privateKey ?? "" };
  }
  const what = saidOf(verdict, ends, remark, days);
  const out =
    verdict === "missing"
      ? `./platform certs issue ${stack}`
      : `./platform certs rotate ${stack} --authority (a wrong key: or set mtlsAuthorityKey to the right one)`;
  throw new UserError(`${stack}: the authority ${what}; nothing was signed. Way out: ${out}`);
}

function saidOf(verdict: Judged["verdict"], ends: string | undefined, remark: string, days: number): string {
  if (verdict === "ended") return `ended on ${ends?.slice(0, 10)}`;
  if (verdict === "fine" || verdict === "ends soon") return `ends on ${ends?.slice(0, 10)}, in less than ${days} days`;
  const is = verdict === "wrong key" ? "has a wrong key" : `is ${verdict}`;
  return `${is}${remark === "" ? "" : ` (${remark})`}`;
}

async function renew(ground: CertsGround, authority: KeyPair, member: string, days: number): Promise<void> {
  const { settings, now } = ground;
  const names = identityNames(settings, member);
  await ground.keep(secretOf(member), await issueCertificate(authority, { member, names, days, now }));
  ground.say(`${settings.stack}: ${member} has a certificate for ${days} days, as ${names.join(", ")}`);
}

function secretOf(member: string): SecretName {
  const secret = identifiedMembers.get(member);
  if (secret === undefined)
    throw new RangeError(`${member} has no certificate; there are ${[...identifiedMembers.keys()].join(", ")}`);
  return secret;
}

const underWay = ({ settings: { stack } }: CertsGround): UserError =>
  new UserError(
    `${stack}: a change of authorities is under way; when ./platform up ${stack} has brought the last step to every member, go on with: ./platform certs rotate ${stack} --authority --next`,
  );
