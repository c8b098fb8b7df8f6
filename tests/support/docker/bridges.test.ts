import { expect, test } from "vitest";
import { staleLinks } from "./bridges.ts";

test("the bridge of a daemon that is gone is stale, with its networks; others' are left alone", () => {
  const links = [
    { name: "docker0", addresses: ["172.17.0.1"] },
    { name: "tpd131", addresses: ["10.131.0.1"] },
    { name: "br-0123456789ab", addresses: ["10.131.129.1"] },
    { name: "tpd140", addresses: ["10.140.0.1"] },
    { name: "br-123456789abc", addresses: ["10.140.129.1"] },
    { name: "br-23456789abcd", addresses: ["10.150.0.1"] },
    { name: "eth0", addresses: ["10.131.7.7"] },
  ];
  expect(staleLinks(links, new Set(["tpd140"]))).toEqual(["tpd131", "br-0123456789ab"]);
  expect(staleLinks(links, new Set(["tpd131", "tpd140"]))).toEqual([]);
});
