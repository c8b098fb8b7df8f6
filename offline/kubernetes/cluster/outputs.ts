import {
  isList,
  isProperties,
  isSecret,
  object,
  type Properties,
  reveal,
  revealAll,
  secret,
  type Value,
} from "../../value.ts";

/** Keys under which pulumi-kubernetes notes what it needs the next time (provider.go, checkpointObject). */
const fieldManagerKey = "__fieldManager";
const inputsKey = "__inputs";
const initialApiVersionKey = "__initialApiVersion";

/**
 * The object as the server has it, what is secret among the inputs secret too, with the notes of the official plugin, so
 * that it can take a state over. `metadata.managedFields` is left out: each controller writes times into it.
 */
export function outputsOf(live: Properties, inputs: Properties, fieldManager: string): Properties {
  const { managedFields: _, ...metadata } = object(live.metadata);
  const seen = { ...live, metadata };
  const hidden = live.kind === "Secret" ? secretContent : (value: Properties): Properties => value;
  return {
    ...hidden(object(asSecretAs(seen, inputs))),
    [inputsKey]: hidden(inputs),
    [initialApiVersionKey]: live.apiVersion ?? null,
    [fieldManagerKey]: fieldManager,
  };
}

/** Who applied an object, as its state says. */
export const fieldManagerIn = (state: Properties): string | undefined => {
  const noted = state[fieldManagerKey];
  return typeof noted === "string" ? noted : undefined;
};

/** The value, secret wherever the inputs are at the same place. */
function asSecretAs(value: Value, inputs: Value | undefined): Value {
  if (inputs === undefined || inputs === null) return value;
  if (isSecret(inputs)) return secret(value);
  const plain = reveal(inputs);
  if (isList(value) && isList(plain)) return value.map((it, index) => asSecretAs(it, plain[index]));
  if (!isProperties(value) || !isProperties(plain)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, it]) => [key, asSecretAs(it, plain[key])]));
}

/** A Secret's content is secret as a whole, though the program may not say so (pulumi-kubernetes does the same). */
export function secretContent(value: Properties): Properties {
  const content = ["data", "stringData"].flatMap((key): [string, Value][] => {
    const inside = value[key];
    return inside === undefined ? [] : [[key, secret(revealAll(inside))]];
  });
  return { ...value, ...Object.fromEntries(content) };
}
