import { X509Certificate } from "node:crypto";
import { expect, test } from "vitest";
import { certificatesIn } from "../../../cli/certs/judge.ts";
import { managedTls } from "./managed-tls.ts";

test.each(["eu-central-1", "us-east-1", "ap-southeast-4"])("RDS' own authorities of %s, and no others", (region) => {
  const { databaseAuthority, databaseNames } = managedTls(region);
  const found = certificatesIn(databaseAuthority).map((pem) => new X509Certificate(pem));
  expect(found.map(({ subject }) => /CN=(.*)/.exec(subject)?.[1]).sort()).toEqual([
    `Amazon RDS ${region} Root CA ECC384 G1`,
    `Amazon RDS ${region} Root CA RSA2048 G1`,
    `Amazon RDS ${region} Root CA RSA4096 G1`,
  ]);
  for (const each of found) {
    expect([each.ca, each.verify(each.publicKey)]).toEqual([true, true]);
    expect(Date.parse(each.validTo)).toBeGreaterThan(Date.parse("2060-01-01"));
  }
  expect(databaseNames).toBe(`.${region}.rds.amazonaws.com`);
});

test("of a region that nobody here knows there are none, until the stack says them", () => {
  expect(managedTls("xx-north-9").databaseAuthority).toBe("");
  expect(managedTls("xx-north-9", "said").databaseAuthority).toBe("said");
});
