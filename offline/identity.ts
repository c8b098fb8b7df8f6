import { createHash } from "node:crypto";

/** A resource as its URN names it: `urn:pulumi:<stack>::<project>::<type>[$<type>…]::<name>`. */
export interface ResourceName {
  readonly urn: string;
  readonly stack: string;
  readonly project: string;
  readonly type: string;
  readonly name: string;
}

export function parseUrn(urn: string): ResourceName {
  const [head = "", project = "", types = "", ...name] = urn.split("::");
  const stack = head.split(":")[2] ?? "";
  return { urn, stack, project, type: types.slice(types.lastIndexOf("$") + 1), name: name.join("::") };
}

/** Made-up but stable: the same seed gives the same hexadecimal digits (at most 64). */
export function hex(seed: string, length: number): string {
  return createHash("sha256").update(seed).digest("hex").slice(0, length);
}

/** Made-up but stable letters and digits, as AWS has them in names of endpoints. */
export function alphanumeric(seed: string, length: number): string {
  const digits = BigInt(`0x${hex(seed, 64)}`).toString(36);
  return digits.slice(-length);
}

/** A made-up but stable UUID (version 4 in form). */
export function uuid(seed: string): string {
  const digits = hex(seed, 32);
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(13, 16)}-a${digits.slice(17, 20)}-${digits.slice(20)}`;
}

/** A made-up but stable whole number from `low` up to, not including, `high`. */
export function integer(seed: string, low: number, high: number): number {
  return low + (Number.parseInt(hex(seed, 12), 16) % (high - low));
}

/**
 * Which lives a resource had as far as this server saw: a replacement must get another id and another automatic name
 * than the one it replaces, yet two runs of the same steps the same ones. So both are made from the URN and the ids
 * that were seen before.
 */
export class Lives {
  readonly #ids = new Map<string, Set<string>>();

  /** Notes that the resource existed with this id. */
  saw(urn: string, id: string): void {
    const ids = this.#ids.get(urn) ?? new Set<string>();
    ids.add(id);
    this.#ids.set(urn, ids);
  }

  /** What the next id and the next automatic name are made from. */
  seed(urn: string): string {
    return [urn, ...(this.#ids.get(urn) ?? [])].join("\n");
  }
}
