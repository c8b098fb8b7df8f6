import { readFile } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import { pack } from "tar-stream";
import { ProviderError } from "../../served-provider.ts";
import { list, object, type Properties, type Value } from "../../value.ts";
import { asFlag, asText } from "./values.ts";

/** A container's uploads as one archive to be unpacked at its root; undefined where there are none. */
export async function uploadsArchive(uploads: Value | undefined): Promise<Buffer | undefined> {
  const files = list(uploads).map(object);
  if (files.length === 0) return undefined;
  const archive = pack();
  for (const file of files) {
    const [uid, gid] = await Promise.all([numberOf(file.owner, "owner"), numberOf(file.group, "group")]);
    const name = (asText(file.file) ?? "").replace(/^\/+/, "");
    archive.entry({ name, mode: modeOf(file), uid, gid, mtime: new Date() }, await contentOf(file));
  }
  archive.finalize();
  return buffer(archive);
}

/** As the official plugin has it: what is said, else 0744 for a program and 0644 for a file. */
function modeOf({ permissions, executable }: Properties): number {
  const text = asText(permissions);
  if (text !== undefined) return Number.parseInt(text, 8);
  return asFlag(executable) ? 0o744 : 0o644;
}

async function contentOf({ file, content, contentBase64, source }: Properties): Promise<Buffer> {
  const encoded = asText(contentBase64);
  if (encoded !== undefined) return Buffer.from(encoded, "base64");
  const path = asText(source);
  if (path === undefined) return Buffer.from(asText(content) ?? "");
  return readFile(path).catch((error: unknown) => {
    throw new ProviderError(
      `the upload ${asText(file)} cannot be read from its source: ${error instanceof Error ? error.message : error}`,
    );
  });
}

const databases = { owner: "/etc/passwd", group: "/etc/group" } as const;

/** The id of a user or group; a name is looked up on this machine, as the official plugin does. Default: root. */
async function numberOf(value: Value | undefined, kind: keyof typeof databases): Promise<number> {
  const text = asText(value) ?? "0";
  if (/^\d+$/.test(text)) return Number(text);
  const database = await readFile(databases[kind], "utf8").catch(() => "");
  const id = idIn(database, text);
  if (id === undefined) {
    throw new ProviderError(
      `an upload's ${kind} is "${text}", which ${databases[kind]} does not have; give its number`,
    );
  }
  return id;
}

/** The third field of the name's line. */
export function idIn(database: string, name: string): number | undefined {
  const line = database.split("\n").find((it) => it.startsWith(`${name}:`));
  return line === undefined ? undefined : Number(line.split(":")[2]);
}
