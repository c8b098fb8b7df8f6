import {
  equal,
  isList,
  isProperties,
  isSecret,
  object,
  type Properties,
  reveal,
  secret,
  type Value,
} from "../../value.ts";

/**
 * The inputs of last time, with what is really there in the place of what somebody changed by hand.
 * @param wanted what the server would make of the inputs (an apply that stores nothing): it writes `0.5` as `500m`, and
 * that is no change. Undefined where it refuses them.
 */
export function observedInputs(inputs: Properties, wanted: Properties | undefined, live: Properties): Properties {
  const observed = object(observe(inputs, wanted, live));
  const written = inputs.stringData;
  if (live.kind !== "Secret" || written === undefined) return observed;
  return { ...observed, stringData: observedText(written, object(wanted?.data), object(live.data)) };
}

function observe(input: Value, wanted: Value | undefined, live: Value | undefined): Value | undefined {
  if (isSecret(input)) {
    const inside = observe(reveal(input), wanted, live);
    return inside === undefined ? undefined : secret(inside);
  }
  // The server keeps neither: it is nothing, or only ever written.
  if (live === undefined) return wanted === undefined || input === null ? input : undefined;
  if (wanted !== undefined && equal(wanted, live)) return input;
  if (isProperties(input) && isProperties(live)) {
    const members = Object.entries(input).flatMap(([key, it]): [string, Value][] => {
      const member = observe(it, isProperties(wanted) ? wanted[key] : undefined, live[key]);
      return member === undefined ? [] : [[key, member]];
    });
    return Object.fromEntries(members);
  }
  if (isList(input) && isList(live) && input.length === live.length) {
    return input.map((it, index) => observe(it, isList(wanted) ? wanted[index] : undefined, live[index]) ?? it);
  }
  return live;
}

/** What is written as text is kept in Base64 under `data`. */
function observedText(written: Value, wanted: Properties, live: Properties): Value {
  const text = Object.entries(object(written)).flatMap(([key, value]): [string, Value][] => {
    const found = live[key];
    if (found !== undefined && equal(found, wanted[key] ?? null)) return [[key, value]];
    if (typeof found !== "string") return [];
    const decoded = Buffer.from(found, "base64").toString();
    return [[key, isSecret(value) ? secret(decoded) : decoded]];
  });
  return isSecret(written) ? secret(Object.fromEntries(text)) : Object.fromEntries(text);
}
