/** A part of a compose file, as plain data. */
type Node = Readonly<Record<string, unknown>>;

const isMap = (value: unknown): value is Node => typeof value === "object" && value !== null && !Array.isArray(value);

/** A list whose order says nothing, as mounts and ports: what is laid over adds to it. Commands and the like are lists of texts. */
const isSet = (value: unknown): value is readonly Node[] => Array.isArray(value) && value.every(isMap);

/**
 * What two compose files have in common: the file that both are laid over. Of a list of texts Compose would make one with
 * both, so it is in here only as a whole (https://docs.docker.com/reference/compose-file/merge/).
 */
export function common(one: Node, other: Node): Node {
  return Object.fromEntries(
    Object.entries(one).flatMap(([key, value]): readonly [string, unknown][] => {
      const there = other[key];
      if (isSame(value, there)) return [[key, value]];
      if (isSet(value) && isSet(there)) return kept(key, value.filter(isAmong(there)));
      return isMap(value) && isMap(there) ? kept(key, common(value, there)) : [];
    }),
  );
}

/** What a compose file says beyond what it has in common with another: laid over that, it is the whole again. */
export function beyond(shared: Node, whole: Node): Node {
  return Object.fromEntries(
    Object.entries(whole).flatMap(([key, value]): readonly [string, unknown][] => {
      const there = shared[key];
      if (there === undefined) return [[key, value]];
      if (isSet(value) && isSet(there))
        return kept(
          key,
          value.filter((each) => !isAmong(there)(each)),
        );
      return isMap(value) && isMap(there) ? kept(key, beyond(there, value)) : [];
    }),
  );
}

/** Nothing for what is empty: only where both sides have it so does it say something, as a network that is joined. */
const kept = (key: string, value: object): readonly [string, unknown][] =>
  Object.keys(value).length > 0 ? [[key, value]] : [];

const isAmong =
  (all: readonly Node[]) =>
  (one: Node): boolean =>
    all.some((each) => isSame(each, one));

const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);
