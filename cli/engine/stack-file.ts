import { parse, stringify } from "yaml";
import { isData } from "../../stacks/layers.ts";

/** A stack's settings as `Pulumi.<stack>.yaml` holds them, and what the secrets provider keeps beside them. */
export interface StackFile {
  readonly config: Readonly<Record<string, unknown>>;
  readonly encryptionsalt?: string;
  readonly secretsprovider?: string;
}

/** Reads the text of a `Pulumi.<stack>.yaml`. Throws where it is no YAML mapping. */
export function parseStackFile(text: string): StackFile {
  const file: unknown = parse(text) ?? {};
  if (!isData(file)) throw new Error("must be a mapping with the key config");
  const { config, encryptionsalt, secretsprovider } = file;
  return {
    config: isData(config) ? config : {},
    ...(typeof encryptionsalt === "string" ? { encryptionsalt } : {}),
    ...(typeof secretsprovider === "string" ? { secretsprovider } : {}),
  };
}

/** The text of a `Pulumi.<stack>.yaml`. */
export const formatStackFile = (file: StackFile): string => stringify(file);

/** The config without every encrypted value (`{secure: …}`, however deep): nothing is left that could be decrypted. */
export function withoutSecrets(config: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(config)
      .filter(([, value]) => !isSecure(value))
      .map(([key, value]) => [key, withoutSecretsIn(value)]),
  );
}

function withoutSecretsIn(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((item) => !isSecure(item)).map(withoutSecretsIn);
  return isData(value) ? withoutSecrets(value) : value;
}

/** As Pulumi reads it: a mapping with the one key `secure`. */
const isSecure = (value: unknown): boolean => isData(value) && Object.keys(value).join() === "secure";
