import type { Observed, ObservedRollout } from "./observed.ts";

type ByKey<T> = Readonly<Record<string, T>>;

/** The same keys with other values. */
export const change = <T>(values: ByKey<T>, to: (value: T, key: string) => T): ByKey<T> =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, to(value, key)]));

/** Some of the keys. */
export const only = <T>(values: ByKey<T>, keep: (value: T, key: string) => boolean): ByKey<T> =>
  Object.fromEntries(Object.entries(values).filter(([key, value]) => keep(value, key)));

export const changeRollout = (it: Observed, parts: Partial<ObservedRollout>): Observed => ({
  ...it,
  placement: { ...it.placement, rollout: { ...it.placement.rollout, ...parts } },
});

/** Folders of which none lies inside another. */
export const outermost = (folders: readonly string[]): readonly string[] =>
  folders.filter((folder) => !folders.some((other) => folder.startsWith(`${other}/`)));
