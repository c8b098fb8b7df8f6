import type { Outdated } from "../engine/ground.ts";
import type { StackState } from "../engine/state.ts";
import type { ImageStore } from "../images/store.ts";
import type { Labelled } from "./leftovers.ts";

const made = ["container:Container", "network:Network", "volume:Volume"].map((type) => `docker:index/${type}`);
const pulled = "docker:index/remoteImage:RemoteImage";

/** What a state's images are called, and the daemon's id of each at present; those that are not there have none. */
export async function idsNow(
  store: Pick<ImageStore, "find">,
  { resources }: StackState,
): Promise<ReadonlyMap<string, string>> {
  const names = resources.flatMap(({ type, outputs: { name } }) =>
    type === pulled && typeof name === "string" ? [name] : [],
  );
  const ids = names.map(async (name) => [name, (await store.find(name))?.id] as const);
  return new Map((await Promise.all(ids)).flatMap(([name, id]) => (id === undefined ? [] : [[name, id] as const])));
}

/**
 * What the state says and the daemon does not: what somebody removed, and images that have been built or pulled anew under
 * the same name, as those of the checkout are whenever its sources change. An image that is gone may be anywhere.
 */
export function outdatedIn(
  labelled: readonly Labelled[],
  imageNow: ReadonlyMap<string, string>,
  { resources }: StackState,
): Outdated | undefined {
  const there = new Set(labelled.map(({ id }) => id));
  const missing = resources.filter(({ type, id }) => made.includes(type) && id !== "" && !there.has(id));
  const renewed = resources.filter(({ type, outputs: { name, imageId } }) => {
    const now = type === pulled && typeof name === "string" ? imageNow.get(name) : undefined;
    return now !== undefined && now !== imageId;
  });
  const told = [
    ["no longer there", missing],
    ["another image of the same name", renewed],
  ] as const;
  const why = told.flatMap(([what, of]) =>
    of.length === 0 ? [] : [`${what}: ${of.map(({ name }) => name).join(", ")}`],
  );
  if (why.length === 0) return undefined;
  const all = { why: why.join("; ") };
  return missing.length > 0 ? all : { ...all, urns: renewed.map(({ urn }) => urn) };
}
