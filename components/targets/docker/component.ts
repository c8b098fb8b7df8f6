import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { imageReference, isPersistent, secretFileText, type WorkloadSpec } from "../../workload/index.ts";
import type { Target, TargetContext } from "../target.ts";
import { containerInputs, fileFolders, filesHash, imageOf, instanceNames, labelsOf, ownsAlone } from "./container.ts";
import { needsProbeBinary, probeFolder } from "./health.ts";
import { networksJoined, networksOf, outside } from "./networks.ts";
import type { DockerSection } from "./section.ts";

/** Lays networks and the probe binary under the platform and takes workloads. */
export function startDocker(section: DockerSection, context: TargetContext, platform: pulumi.Resource): Target {
  const daemon = new Daemon(section, context, platform);
  return {
    workload: (spec, parent) => daemon.workload(spec, parent),
    managedService: ({ name, engine }) => {
      throw new Error(`${name}: Docker runs no managed ${engine}; set trading-platform:${name}.management to own`);
    },
    outputs: { url: pulumi.output(`https://${context.domain}`) },
  };
}

class Daemon {
  readonly #section: DockerSection;
  readonly #context: TargetContext;
  readonly #platform: pulumi.Resource;
  readonly #provider: docker.Provider | undefined;
  readonly #networks = new Map<string, docker.Network>();
  readonly #images = new Map<string, docker.RemoteImage>();
  readonly #containers = new Map<string, pulumi.Resource>();
  #probe: { readonly volume: docker.Volume; readonly filled: docker.Container } | undefined;

  constructor(section: DockerSection, context: TargetContext, platform: pulumi.Resource) {
    this.#section = section;
    this.#context = context;
    this.#platform = platform;
    this.#provider = this.#makeProvider();
    for (const name of networksOf(context)) {
      const args = {
        name: this.#nameOf(name),
        // Only the way out has one.
        internal: name !== outside,
        labels: this.#labels,
      };
      this.#networks.set(name, new docker.Network(name, args, this.#under(platform)));
    }
  }

  /** Every container of the workload, with its volumes. */
  workload(spec: WorkloadSpec, parent: pulumi.Resource): void {
    const options = this.#under(parent);
    const volumes = [
      ...this.#ownVolumes(spec, options),
      ...this.#fileVolumes(spec, options),
      ...this.#probeMount(spec),
    ];
    const { stack, environment, version } = this.#context;
    for (const name of instanceNames(spec)) {
      const container = new docker.Container(
        name,
        {
          ...containerInputs(spec, this.#section),
          image: this.#image(imageOf(spec)).imageId,
          labels: labelsOf(spec, stack, environment, version),
          envs: this.#variables(spec),
          uploads: this.#uploads(spec),
          volumes,
          networksAdvanced: networksJoined(spec, [...this.#networks.keys()]).map((network) => ({
            name: this.#network(network).name,
            aliases: [spec.name],
          })),
        },
        {
          ...options,
          // The provider prefers to delete first; said either way, so that nobody has to know.
          deleteBeforeReplace: ownsAlone(spec),
          // A container that never got healthy is made anew by the next update (pulumi#21458).
          replaceOnChanges: ["#initerror"],
          dependsOn: this.#startedFirst(spec),
        },
      );
      this.#containers.set(spec.name, container);
    }
  }

  /** The daemon, where it is not the CLI's or its registry wants a password; else the stack's own provider. */
  #makeProvider(): docker.Provider | undefined {
    const { host } = this.#section;
    const { registry, registryUser, secretValue } = this.#context;
    if (host === undefined && registryUser === undefined) return undefined;
    const auth =
      registry === undefined || registryUser === undefined
        ? {}
        : { registryAuth: [{ address: registry, username: registryUser, password: secretValue("registryPassword") }] };
    return new docker.Provider(
      "docker",
      { ...(host === undefined ? {} : { host }), ...auth },
      { parent: this.#platform },
    );
  }

  #under(parent: pulumi.Resource): pulumi.CustomResourceOptions {
    return this.#provider === undefined ? { parent } : { parent, provider: this.#provider };
  }

  #nameOf(name: string): string {
    return `trading-${this.#context.stack}-${name}`;
  }

  get #labels() {
    return [
      { label: "project", value: "trading-platform" },
      { label: "stack", value: this.#context.stack },
    ];
  }

  #network(name: string): docker.Network {
    const network = this.#networks.get(name);
    if (network === undefined)
      throw new Error(`there is no network for ${name}: nothing in the platform bears that name`);
    return network;
  }

  /** One image a reference, kept on the host so that an earlier release is still there. */
  #image(reference: string): docker.RemoteImage {
    const known = this.#images.get(reference);
    if (known !== undefined) return known;
    const name = reference.replace(/@.*/, "").replace(/[^\w.-]+/g, "-");
    const made = new docker.RemoteImage(name, { name: reference, keepLocally: true }, this.#under(this.#platform));
    this.#images.set(reference, made);
    return made;
  }

  /** Data outlives the stack: a volume is removed by hand. */
  #ownVolumes(spec: WorkloadSpec, options: pulumi.CustomResourceOptions): docker.types.input.ContainerVolume[] {
    return spec.volumes.flatMap((volume): docker.types.input.ContainerVolume[] => {
      if (volume.kind === "host")
        return [{ hostPath: volume.hostPath, containerPath: volume.path, readOnly: volume.readOnly }];
      if (!isPersistent(volume)) return [];
      const name = `${spec.name}-${volume.name}`;
      const args = { name: this.#nameOf(name), labels: this.#labels };
      const made = new docker.Volume(name, args, { ...options, retainOnDelete: true });
      return [{ volumeName: made.name, containerPath: volume.path, readOnly: false }];
    });
  }

  #fileVolumes(spec: WorkloadSpec, options: pulumi.CustomResourceOptions) {
    const hash = filesHash(spec);
    return fileFolders(spec).map((folder) => {
      const name = `${spec.name}${folder.replaceAll("/", "-")}`;
      const made = new docker.Volume(name, { name: this.#nameOf(`${name}-${hash}`), labels: this.#labels }, options);
      return { volumeName: made.name, containerPath: folder, readOnly: false };
    });
  }

  #uploads(spec: WorkloadSpec) {
    const owner = spec.user.kind === "root" ? {} : { owner: String(spec.user.uid), group: String(spec.user.gid) };
    const plain = spec.files.map(({ path, content }) => ({ file: path, content, permissions: "0444" }));
    const secret = spec.secretFiles.map((file) => ({
      file: file.path,
      content: this.#context.secretValue(file.secret).apply((value) => secretFileText(file, value)),
      permissions: "0400",
      ...owner,
    }));
    return [...plain, ...secret];
  }

  #variables(spec: WorkloadSpec): pulumi.Input<string>[] {
    const plain = Object.entries(spec.variables).map(([name, value]) => `${name}=${value}`);
    const secret = spec.secretVariables.map(({ name, secret: wanted }) =>
      this.#context.secretValue(wanted).apply((value) => `${name}=${value}`),
    );
    return [...plain, ...secret];
  }

  #startedFirst(spec: WorkloadSpec): pulumi.Resource[] {
    const others = spec.startsAfter.flatMap((other) => this.#containers.get(other) ?? []);
    return needsProbeBinary(spec) && this.#probe !== undefined ? [...others, this.#probe.filled] : others;
  }

  /** The static probe binary, for an image that has neither shell nor wget. */
  #probeMount(spec: WorkloadSpec) {
    if (!needsProbeBinary(spec)) return [];
    this.#probe ??= this.#makeProbe();
    return [{ volumeName: this.#probe.volume.name, containerPath: probeFolder, readOnly: true }];
  }

  #makeProbe() {
    const options = this.#under(this.#platform);
    const reference = imageReference(this.#context.probeImage);
    const volume = new docker.Volume("probe", { name: this.#nameOf("probe"), labels: this.#labels }, options);
    const filled = new docker.Container(
      "probe",
      {
        image: this.#image(reference).imageId,
        command: ["install", "/volume"],
        // It ends by itself, with its work done.
        mustRun: false,
        attach: true,
        volumes: [{ volumeName: volume.name, containerPath: "/volume" }],
        labels: this.#labels,
        networkMode: "none",
      },
      options,
    );
    return { volume, filled };
  }
}
