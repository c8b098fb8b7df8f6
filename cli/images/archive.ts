import { createHash } from "node:crypto";
import { createReadStream, createWriteStream, existsSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { extract, pack } from "tar-stream";
import { z } from "zod";
import { type Tree, writeLayer } from "./tree.ts";

/** File of an image in the folder that it is made in. */
export const archiveName = "image.tar";
const manifestName = "manifest.json";

interface Archive {
  /** As the specs ask for it: `docker.io/library/redis:7.4.5-alpine`. */
  readonly reference: string;
  readonly tree: Tree;
  /** The image's configuration, given the digest of its one layer. */
  readonly configuration: (layer: string) => unknown;
}

/** Writes an image as `docker load` and `skopeo` read it (docker-archive). */
export async function writeArchive(folder: string, { reference, tree, configuration }: Archive): Promise<void> {
  const layerFile = join(folder, "layer.tar");
  const layer = await writeLayer(tree, layerFile);
  const config = JSON.stringify(configuration(layer));
  const configName = `${createHash("sha256").update(config).digest("hex")}.json`;
  const images = [{ Config: configName, RepoTags: [reference], Layers: ["layer.tar"] }];

  const writer = pack();
  const written = pipeline(writer, createWriteStream(join(folder, archiveName)));
  writer.entry({ name: manifestName }, JSON.stringify(images));
  writer.entry({ name: configName }, config);
  await pipeline(createReadStream(layerFile), writer.entry({ name: "layer.tar", size: statSync(layerFile).size }));
  writer.finalize();
  await written;
  rmSync(layerFile);
}

const manifest = z.tuple([z.looseObject({})]);

/** An archive's bytes, with its image under this name: what was made once serves every name that stacks have for it. */
export function archiveNamed(file: string, reference: string): Readable {
  const reader = extract();
  const writer = pack();
  const rename = async (): Promise<void> => {
    for await (const entry of reader) {
      if (entry.header.name !== manifestName) await pipeline(entry, writer.entry(entry.header));
      else {
        const [image] = manifest.parse(JSON.parse(await text(entry)));
        writer.entry({ name: manifestName }, JSON.stringify([{ ...image, RepoTags: [reference] }]));
      }
    }
    writer.finalize();
  };
  Promise.all([pipeline(createReadStream(file), reader), rename()]).catch((error: Error) => writer.destroy(error));
  return Readable.from(writer, { objectMode: false });
}

/** Whether the folder holds an archive that is whole. */
export const archiveWorks = (folder: string): boolean =>
  existsSync(join(folder, archiveName)) && !existsSync(join(folder, "layer.tar"));
