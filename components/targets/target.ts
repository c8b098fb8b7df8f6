import type * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import type {
  Image,
  ManagedService,
  Member,
  SecretName,
  SecretSource,
  SecretSources,
  VaultLogin,
  WorkloadSpec,
} from "../workload/index.ts";
import { clashes, type Owned } from "./clashes.ts";
import type { Command, Tunnel, TunnelEnds } from "./tunnel.ts";

/** Something in the contract that a target cannot express, and what it does instead. Tested, and printed in the docs. */
export interface Difference {
  /** The field of the WorkloadSpec, as `placement.scaling`. */
  readonly field: string;
  /** To which workloads it applies, in words. */
  readonly where: string;
  /** What the target does instead. */
  readonly instead: string;
  readonly why: string;
}

/** Sets of workloads and managed services, and the facts of the stack that a target needs before it makes the first resource. */
export interface TargetContext {
  readonly stack: string;
  readonly environment: "development" | "staging" | "production";
  /** Where customers find the application. */
  readonly domain: string;
  /** Other names that lead to the same workload, below `domain`; it knows them apart. */
  readonly otherDomains: readonly string[];
  /** Version of the application's release; part of tags and labels. */
  readonly version: string;
  /** All of the stack, so that networks and firewalls can be laid before the workloads. */
  readonly members: readonly Member[];
  readonly secretSources: SecretSources;
  /** The value of a secret: for targets and sources where the value passes through the program; encrypted in the state. */
  secretValue(name: SecretName): pulumi.Output<string>;
  /** The same of what is no secret of the platform's own list: what an agent logs in with. `name` is for people. */
  heldValue(source: SecretSource, name: string): pulumi.Output<string>;
  /** Image of the static probe binary, at `/probe/probe`; `/probe/probe install FOLDER` copies it there. */
  readonly probeImage: Image;
  /** Takes the place of every image's registry. */
  readonly registry: string | undefined;
  /** Where the stack has a third-party image from that a target adds by itself. */
  readonly thirdParty: (original: Image) => Image;
  /** User of the image registry where one is needed; its password is the secret `registryPassword`. */
  readonly registryUser: string | undefined;
  /** False where there is no cloud to ask what really runs: an offline run. */
  readonly asksCloud: boolean;
  /** How many images of a service are kept; a target that keeps images locally keeps the same. */
  readonly imagesKept: number;
}

/** A target that has laid its foundation (network, cluster …) under the platform and takes workloads. */
export interface Target {
  /** Makes the resources of one workload, as children of `parent`. */
  workload(spec: WorkloadSpec, parent: pulumi.Resource): void;
  /** Makes a managed service, as children of `parent`; only for those in the target's `managed`. */
  managedService(service: ManagedService, parent: pulumi.Resource): void;
  /** What a person wants to know after `up`: URLs, names. Never a secret. */
  readonly outputs: Readonly<Record<string, pulumi.Input<string>>>;
}

/** Lays the foundation as children of `platform`. */
export type TargetStart = (context: TargetContext, platform: pulumi.Resource) => Target;

/** A target with its section of the stack file read. Pure but for `load`, which imports the provider's SDK. */
export interface BoundTarget {
  readonly name: string;
  readonly differences: readonly Difference[];
  /** What the cloud can run in place of a workload. */
  readonly managed: readonly ManagedService["engine"][];
  /** Name under which workloads reach `member`; known before anything is made, so that files can hold it. */
  address(member: string, stack: string): string;
  /** What this target cannot keep of a workload (a timing, a size), each one message; refused when the settings are read. */
  problems(spec: WorkloadSpec): readonly string[];
  /** Names that two of the members would both have there, or one of them and the target itself; refused in the same way. */
  clashes(members: readonly Member[]): readonly string[];
  /** How Prometheus finds instances and Promtail finds logs. */
  readonly discovery: Discovery;
  /** Namespaces in which the stack's pods are, where discovery is `kubernetes`; else none. */
  namespaces(stack: string): readonly string[];
  /** One host whose loopback a developer uses: there the gateway forwards the loopback ports of rolling workloads. */
  readonly loopback: boolean;
  /** Where that loopback is found: `localhost`, or the address that the stack's section says. */
  readonly loopbackHost: string;
  /** Where that host is found by its customers, as long as the site has no name: `localhost`, or the section's address. */
  readonly publicHost: string;
  /**
   * Addresses of the load balancer that stands before the gateway and ends TLS, as CIDR blocks: its word on a client's
   * address and scheme counts. Empty where customers come to the gateway itself.
   */
  readonly balancers: readonly string[];
  /** How a person reaches a member from elsewhere; undefined where its ports are on that person's loopback. */
  tunnel(ends: TunnelEnds): Tunnel | undefined;
  /** Runs the words that follow it in an instance of a member, with stdin handed on; undefined where no command does. */
  inside(member: string, stack: string): Command | undefined;
  /** Path of the container runtime's socket on each host, for what watches containers. */
  readonly runtimeSocket: string;
  /** Images that it adds by itself, as their makers publish them. */
  readonly ownImages: readonly Image[];
  /** The only kind of machine that it runs on, as `linux/amd64`; absent where that is not known. */
  readonly machine?: string;
  /** Where Loki keeps its chunks. */
  logStore(stack: string): LogStore;
  /** How clients know what the cloud runs; undefined where it runs nothing. */
  managedTls(): ManagedTls | undefined;
  /** Kinds of secret sources that it resolves. */
  readonly secretKinds: readonly SecretSource["kind"][];
  /** Where a secret of that name is held when the stack file does not say. */
  secretSource(name: string, stack: string): SecretSource;
  /** How workloads show Vault who they are. */
  readonly vaultAuth: VaultLogin["kind"];
  load(): Promise<TargetStart>;
}

/** `dns`: a name resolves to the instances' addresses. `cloud-map`: the same, but what runs once a host is found by its EC2 instance. */
export type Discovery = "dns" | "kubernetes" | "cloud-map";

/** How clients know a managed database and cache: they show certificates of other names than the members'. */
export interface ManagedTls {
  /** Who signs the database's certificate, as PEM; empty where nobody knows. */
  readonly databaseAuthority: string;
  /** What the names in their certificates end in. */
  readonly databaseNames: string;
  readonly cacheNames: string;
}

export type LogStore =
  | { readonly kind: "volume" }
  | {
      readonly kind: "s3";
      readonly bucket: string;
      readonly region: string;
      /** Default: AWS'. */
      readonly endpoint?: string | undefined;
      /** What is older is deleted by the bucket itself, whatever Loki still lists; absent where nobody says so. */
      readonly keptDays?: number;
    };

/** One folder under `targets/` is one of these; `targets/index.ts` lists them. */
export interface TargetDescriptor {
  /** Also the key of its section in the stack file. */
  readonly name: string;
  /** Its section of the stack file; every key has a default or a message that says what it is for. */
  readonly schema: z.ZodType;
  readonly differences: readonly Difference[];
  /** Reads the section; throws a ZodError on a bad one. */
  bind(section: unknown): BoundTarget;
}

interface TargetDefinition<Section> {
  readonly name: string;
  readonly schema: z.ZodType<Section>;
  readonly differences: readonly Difference[];
  readonly managed: readonly ManagedService["engine"][];
  readonly discovery: Discovery;
  address(member: string, stack: string, section: Section): string;
  problems(spec: WorkloadSpec, section: Section): readonly string[];
  /** What is called by a name of its members, or by one of its own. Default: nothing that could clash. */
  owned?(members: readonly Member[]): readonly Owned[];
  /** Default: none. */
  namespaces?(stack: string, section: Section): readonly string[];
  /** Default: false. */
  readonly loopback?: boolean;
  /** Default: localhost. */
  loopbackHost?(section: Section): string;
  /** Default: localhost. */
  publicHost?(section: Section): string;
  /** Default: none. */
  balancers?(section: Section): readonly string[];
  /** Default: none is needed. */
  tunnel?(ends: TunnelEnds, section: Section): Tunnel;
  /** Default: none does. */
  inside?(member: string, stack: string, section: Section): Command;
  /** Default: Docker's own. */
  runtimeSocket?(section: Section): string;
  /** Default: none. */
  readonly ownImages?: readonly Image[];
  /** Default: not known. */
  readonly machine?: string;
  /** Default: a volume. */
  logStore?(stack: string, section: Section): LogStore;
  /** Default: it runs nothing. */
  managedTls?(section: Section): ManagedTls;
  /** Default: Pulumi config, and Vault for the files of workloads. */
  readonly secretKinds?: readonly SecretSource["kind"][];
  /** Default: Pulumi config, under the secret's name. */
  secretSource?(name: string, stack: string, section: Section): SecretSource;
  /** Default: an AppRole. */
  readonly vaultAuth?: VaultLogin["kind"];
  load(section: Section): Promise<TargetStart>;
}

/** Ties a target's section to what needs it, so that no other folder knows the section's type. */
export function defineTarget<Section>(definition: TargetDefinition<Section>): TargetDescriptor {
  const { name, schema, differences, managed, discovery } = definition;
  return {
    name,
    schema,
    differences,
    bind: (raw) => {
      const section = schema.parse(raw ?? {});
      return {
        name,
        differences,
        managed,
        discovery,
        loopback: definition.loopback ?? false,
        loopbackHost: definition.loopbackHost?.(section) ?? "localhost",
        publicHost: definition.publicHost?.(section) ?? "localhost",
        balancers: definition.balancers?.(section) ?? [],
        namespaces: (stack) => definition.namespaces?.(stack, section) ?? [],
        tunnel: (ends) => definition.tunnel?.(ends, section),
        inside: (member, stack) => definition.inside?.(member, stack, section),
        runtimeSocket: definition.runtimeSocket?.(section) ?? "/var/run/docker.sock",
        ownImages: definition.ownImages ?? [],
        ...(definition.machine === undefined ? {} : { machine: definition.machine }),
        address: (member, stack) => definition.address(member, stack, section),
        problems: (spec) => definition.problems(spec, section),
        clashes: (members) => clashes(definition.owned?.(members) ?? []),
        logStore: (stack) => definition.logStore?.(stack, section) ?? { kind: "volume" },
        managedTls: () => definition.managedTls?.(section),
        secretKinds: definition.secretKinds ?? ["config", "vault"],
        secretSource: (secret, stack) =>
          definition.secretSource?.(secret, stack, section) ?? { kind: "config", key: secret },
        vaultAuth: definition.vaultAuth ?? "approle",
        load: () => definition.load(section),
      };
    },
  };
}
