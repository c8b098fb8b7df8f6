import { createPrivateKey, X509Certificate } from "node:crypto";
import { expect, test } from "vitest";
import type { SecretName } from "../../components/workload/index.ts";
import { settingsOf } from "../../tests/support/stacks.ts";
import { issueCertificate, makeAuthority } from "./authority.ts";
import { type CertsGround, checkCerts, issueCerts, rotateAuthority, rotateCerts } from "./certs.ts";
import { certificatesIn } from "./judge.ts";

const day = 86_400_000;
const start = new Date("2026-12-01T08:00:00Z");
const members = ["gateway", "backend", "database"];
const settings = settingsOf("prod", "kubernetes");

/** A stack whose secrets are in memory, on a day. */
function stack(kept = new Map<SecretName, string>()) {
  const said: string[] = [];
  const on = (days: number): CertsGround => ({
    settings,
    members,
    kept: async (secret) => kept.get(secret),
    keep: async (secret, value) => void kept.set(secret, value),
    now: new Date(start.getTime() + days * day),
    say: (line) => void said.push(line),
  });
  return { kept, said, on };
}

const verdicts = async (ground: CertsGround) =>
  Object.fromEntries((await checkCerts(ground)).map(({ of, verdict }) => [of, verdict]));

const message = async (action: Promise<unknown>): Promise<string> =>
  action.then(
    () => "",
    (error: Error) => error.message,
  );

test("what is missing is made, once: an authority, and for each member a certificate under the names it is reached by", async () => {
  const { kept, on, said } = stack();
  expect(await issueCerts(on(0))).toEqual(["authority", ...members]);
  expect(await verdicts(on(0))).toEqual({ authority: "fine", gateway: "fine", backend: "fine", database: "fine" });
  const authority = new X509Certificate(kept.get("mtlsAuthority") ?? "");
  const backend = new X509Certificate(kept.get("mtlsBackend") ?? "");
  expect([authority.ca, backend.ca, backend.subject]).toEqual([true, false, "CN=backend"]);
  expect(backend.subjectAltName).toContain(`DNS:${settings.target.address("backend", "prod")}`);
  expect(backend.keyUsage).toEqual(["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"]);
  expect(backend.checkPrivateKey(createPrivateKey(kept.get("mtlsBackend") ?? ""))).toBe(true);
  expect(await issueCerts(on(1))).toEqual([]);
  expect(said.join("\n")).not.toContain("PRIVATE KEY");
});

test("nothing outlives its days; what has less than a third of them left is told and made anew", async () => {
  const { on } = stack();
  await issueCerts(on(0));
  expect((await verdicts(on(19))).backend).toBe("fine");
  expect((await verdicts(on(21))).backend).toBe("ends soon");
  expect((await verdicts(on(31))).backend).toBe("ended");
  expect(await issueCerts(on(31))).toEqual(members);
  expect((await verdicts(on(31))).backend).toBe("fine");
});

/** When each ends; a certificate's time has no milliseconds. */
const ends = async (ground: CertsGround): Promise<ReadonlyMap<string, number>> =>
  new Map((await checkCerts(ground)).map(({ of, ends: end = "" }) => [of, Date.parse(end)]));

test("one that no metric tells never ends before all that an alert sees, whatever was made when and for how long", async () => {
  const told = ["backend", "database"];
  const untold = ["postgres-exporter", "redis-exporter"];
  const exporters = ["mtlsPostgresExporter", "mtlsRedisExporter"] as const;
  const losses: readonly (readonly [day: number, days: number, lost: readonly SecretName[]])[] = [
    [0, 90, []],
    // Of an exporter alone, for less than the others have left.
    [1, 10, [exporters[0]]],
    // Of all that are told, while the exporters' are good.
    [30, 60, ["mtlsBackend", "mtlsDatabase"]],
    [35, 90, ["mtlsBackend"]],
    [36, 10, [exporters[1], "mtlsDatabase"]],
    [37, 30, exporters],
  ];
  const { kept, on } = stack();
  for (const [at, days, lost] of losses) {
    const ground = { ...on(at), members: [...told, ...untold] };
    for (const secret of lost) kept.delete(secret);
    await issueCerts(ground, days);
    const found = await ends(ground);
    const of = (names: readonly string[]) => Math.min(...names.map((name) => found.get(name) ?? Number.NaN));
    expect([at, of(untold) >= of(told)]).toEqual([at, true]);
  }
});

test("a rotation gives all another certificate of the same authority", async () => {
  const { kept, on } = stack();
  await issueCerts(on(0));
  const before = new Map(kept);
  await rotateCerts(on(1));
  expect(kept.get("mtlsAuthority")).toBe(before.get("mtlsAuthority"));
  expect(kept.get("mtlsBackend")).not.toBe(before.get("mtlsBackend"));
  expect((await verdicts(on(1))).backend).toBe("fine");
});

test("an authority is changed in three steps, in which everybody trusts what the others show", async () => {
  const { kept, on } = stack();
  await issueCerts(on(0));
  const [old = ""] = certificatesIn(kept.get("mtlsAuthority") ?? "");
  const trusted = () => certificatesIn(kept.get("mtlsAuthority") ?? "").map((pem) => new X509Certificate(pem));
  const isTrusted = (pem = "") => trusted().some(({ publicKey }) => new X509Certificate(pem).verify(publicKey));

  expect(await rotateAuthority(on(1), false)).toBe("both are trusted");
  expect([trusted().length, isTrusted(kept.get("mtlsBackend"))]).toEqual([2, true]);
  expect(await verdicts(on(1))).toMatchObject({ authority: "fine", backend: "of the old authority" });
  expect(await message(rotateAuthority(on(1), false))).toContain("--authority --next");
  expect(await message(rotateCerts(on(1)))).toContain("a change of authorities is under way");
  expect(await message(issueCerts(on(1)))).toContain("a change of authorities is under way");

  expect(await rotateAuthority(on(1), true)).toBe("certificates are the new one's");
  expect(isTrusted(kept.get("mtlsBackend"))).toBe(true);
  expect(new X509Certificate(kept.get("mtlsBackend") ?? "").verify(new X509Certificate(old).publicKey)).toBe(false);

  expect(await rotateAuthority(on(1), true)).toBe("the old one is trusted no more");
  expect([trusted().length, isTrusted(kept.get("mtlsBackend"))]).toEqual([1, true]);
  expect(await message(rotateAuthority(on(1), true))).toContain("no change of authorities is under way");
});

test("a change that ended before its key was kept begins anew", async () => {
  const { kept, on } = stack();
  await issueCerts(on(0));
  const key = kept.get("mtlsAuthorityKey") ?? "";
  await rotateAuthority(on(1), false);
  kept.set("mtlsAuthorityKey", key);
  expect(await rotateAuthority(on(1), false)).toBe("both are trusted");
  expect(certificatesIn(kept.get("mtlsAuthority") ?? "").length).toBe(2);
  expect(await rotateAuthority(on(1), true)).toBe("certificates are the new one's");
  expect((await verdicts(on(1))).backend).toBe("fine");
});

test("an authority that has ended signs nothing, and the way out is told", async () => {
  const { on } = stack();
  await issueCerts(on(0));
  expect((await verdicts(on(731))).authority).toBe("ended");
  expect(await message(rotateCerts(on(731)))).toBe(
    "prod: the authority ended on 2028-11-30; nothing was signed. Way out: ./platform certs rotate prod --authority (a wrong key: or set mtlsAuthorityKey to the right one)",
  );
  expect(await message(rotateCerts(on(720)))).toContain("ends on 2028-11-30, in less than 30 days");
});

test("a wrong key, a stranger's certificate, other names and damage are told apart, without a word of a key", async () => {
  const { kept, on } = stack();
  await issueCerts(on(0));
  const stranger = await makeAuthority("stranger", start);
  const wanted = { member: "backend", names: ["backend"], days: 30, now: start };
  const authority = { certificate: kept.get("mtlsAuthority") ?? "", privateKey: kept.get("mtlsAuthorityKey") ?? "" };
  const [own = "", other = ""] = [await issueCertificate(authority, wanted), await issueCertificate(authority, wanted)];
  const backendIs = async (pem: string) => {
    kept.set("mtlsBackend", pem);
    const found = (await checkCerts(on(0))).find(({ of }) => of === "backend");
    return `${found?.verdict}: ${found?.remark}`;
  };
  expect(await backendIs(await issueCertificate(stranger, wanted))).toBe(
    "of another authority: the stack's authority did not sign it: nobody takes it",
  );
  expect(await backendIs(own)).toContain("wrong names: it is not for ");
  kept.set(
    "mtlsGateway",
    `${certificatesIn(kept.get("mtlsGateway") ?? "")[0]}${other.slice(other.indexOf("-----BEGIN PRIVATE"))}`,
  );
  expect((await verdicts(on(0))).gateway).toBe("wrong key");
  expect(await backendIs("no certificate")).toBe("unreadable: no certificate in PEM");
  kept.set("mtlsAuthorityKey", stranger.privateKey);
  expect((await verdicts(on(0))).authority).toBe("wrong key");
  expect(await message(rotateCerts(on(0)))).toContain(
    "the authority has a wrong key (its key is another certificate's)",
  );
});

test("an authority that was lost is no reason for a second one beside it", async () => {
  const { kept, on } = stack();
  await issueCerts(on(0));
  kept.delete("mtlsAuthorityKey");
  expect(await message(issueCerts(on(0)))).toContain(
    "the authority's certificate or key is missing, and members have certificates of it",
  );
});
