import { UNKNOWN } from "../../policies/values.ts";

/** The engine's marks of what is not known yet, one for each kind of value (sdk/go/common/resource/plugin/rpc.go). */
const unknowns: ReadonlySet<unknown> = new Set([
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

/** The key by which the engine marks an object that stands for something else, and the mark of a secret. */
const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

/** A resource's properties as policies read them: secrets bare, {@link UNKNOWN} for what is not known yet. */
export const readable = (properties: object): object =>
  Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, readableValue(value)]));

function readableValue(value: unknown): unknown {
  if (typeof value === "string") return unknowns.has(value) ? UNKNOWN : value;
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(readableValue);
  if (!(signatureKey in value)) return readable(value);
  if (value[signatureKey] === secretSignature && "value" in value) return readableValue(value.value);
  // A file or archive to upload: no policy looks into one.
  return {};
}
