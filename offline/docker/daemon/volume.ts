import type Docker from "dockerode";
import { bridgedOutputs } from "../../bridged.ts";
import { poll } from "../../cancellation.ts";
import { parseUrn } from "../../identity.ts";
import { loadTable } from "../../schema/load.ts";
import { ProviderError } from "../../served-provider.ts";
import type { Properties } from "../../value.ts";
import { daemonsWords, isConflict, isMissing } from "./errors.ts";
import type { DrivenResource } from "./resource.ts";
import { asLabels, asText, asTextMap } from "./values.ts";

/** How long a volume is waited for to be left by its last containers, in ms; as the official plugin has it. */
const leaveTimeout = 30_000;

/**
 * A volume. One of the same name that is there already is taken, with its data, as the official plugin does: so a stack
 * that was destroyed finds its data again.
 */
export const volume: DrivenResource = {
  async create(inputs, { daemon }) {
    const name = asText(inputs.name) ?? "";
    try {
      await daemon.docker.createVolume(volumeOptions(inputs));
      const info = await daemon.docker.getVolume(name).inspect();
      return { id: info.Name, properties: outputs(inputs, info) };
    } catch (error) {
      throw new ProviderError(`volume ${name} cannot be made: ${daemonsWords(error)}`);
    }
  },
  async read({ id }, inputs, { daemon }) {
    try {
      const info = await daemon.docker.getVolume(id).inspect();
      const known = Object.keys(inputs).length > 0 ? inputs : { name: info.Name };
      return { id: info.Name, properties: outputs(known, info), inputs: known };
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  },
  async update({ id }, inputs, { daemon }) {
    return outputs(inputs, await daemon.docker.getVolume(id).inspect());
  },
  async delete({ id }, { daemon, signal }) {
    const removed = await poll(() => remove(daemon.docker.getVolume(id)), leaveTimeout, signal);
    if (removed !== undefined) return;
    const users = await daemon.docker.listContainers({ all: true, filters: { volume: [id] } });
    const names = users.flatMap(({ Names }) => Names).map((name) => name.replace(/^\//, ""));
    throw new ProviderError(
      `volume ${id} cannot be removed: ${names.join(", ")} uses it; remove that first (docker rm)`,
    );
  },
};

/** Undefined while a container has it. */
async function remove(made: Docker.Volume): Promise<true | undefined> {
  try {
    await made.remove();
    return true;
  } catch (error) {
    if (isMissing(error)) return true;
    if (isConflict(error)) return undefined;
    throw error;
  }
}

export const volumeOptions = (inputs: Properties): Docker.VolumeCreateOptions => ({
  Name: asText(inputs.name),
  Driver: asText(inputs.driver) ?? "local",
  DriverOpts: asTextMap(inputs.driverOpts),
  Labels: asLabels(inputs.labels),
});

const outputs = (inputs: Properties, info: Docker.VolumeInspectInfo): Properties =>
  bridgedOutputs(
    { resource: parseUrn(""), seed: "", inputs, config: {}, id: info.Name },
    {
      entry: loadTable("docker").resources["docker:index/volume:Volume"],
      known: {},
      computed: { name: info.Name, driver: info.Driver, mountpoint: info.Mountpoint },
      changing: [],
    },
  );
