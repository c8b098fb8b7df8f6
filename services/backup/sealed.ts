import { createReadStream, createWriteStream } from "node:fs";
import { rename } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";
import { Decrypter, Encrypter } from "age-encryption";
import { BackupError, type Configuration, codeOf } from "./configuration.ts";

/** Ends the name of every file in the archive: gzip inside, age (https://age-encryption.org/v1) around it. */
export const sealing = ".gz.age";

type Bytes = AsyncIterable<Uint8Array>;

/** Writes a file of the archive, whole or not at all; it is on the disk when this returns. */
export async function seal(
  content: Bytes,
  file: string,
  { recipient }: Pick<Configuration, "recipient">,
): Promise<void> {
  const work = `${file}.new`;
  await pipeline(
    content,
    createGzip({ level: 1 }),
    async function* (packed: Bytes) {
      const encrypter = new Encrypter();
      encrypter.addRecipient(recipient);
      yield* await encrypter.encrypt(ReadableStream.from(packed));
    },
    createWriteStream(work, { flush: true, mode: 0o600 }),
  );
  await rename(work, file);
}

/** Whether what {@link unseal} threw is that its sink takes no more, which says nothing of the file. */
export const isSinkGone = (error: unknown): boolean =>
  ["EPIPE", "ECONNRESET", "ERR_STREAM_PREMATURE_CLOSE"].includes(codeOf(error));

/** Hands on the content of a file of the archive. Throws a {@link BackupError} for a wrong key and for a damaged file. */
export async function unseal(
  file: string,
  { identity }: Pick<Configuration, "identity">,
  sink: NodeJS.WritableStream,
): Promise<void> {
  try {
    await pipeline(
      createReadStream(file),
      async function* (sealed: Bytes) {
        const decrypter = new Decrypter();
        decrypter.addIdentity(identity);
        yield* await decrypter.decrypt(ReadableStream.from(sealed));
      },
      createGunzip(),
      sink,
    );
  } catch (error) {
    if (codeOf(error) === "ENOENT" || isSinkGone(error)) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new BackupError(
      /no identity matched/.test(reason)
        ? `${file}: the key does not open it; it was encrypted for another one (the secret backupKey, as it was then)`
        : `${file} is damaged: ${reason}`,
    );
  }
}
