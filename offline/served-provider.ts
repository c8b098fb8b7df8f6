import type { Problem } from "./check.ts";
import type { Change } from "./diff.ts";
import type { Properties } from "./value.ts";

/** What the server asks of a provider: the protocol's requests as plain values. */
export interface ServedProvider {
  /** Of the npm package whose types it honours. */
  readonly version: string;
  /** What is wrong with the configuration of a provider resource. */
  configProblems(config: Properties): readonly Problem[];
  /** `previous`: inputs of last time, if the resource exists and is not about to be replaced. */
  check(urn: string, inputs: Properties, previous?: Properties, proposedName?: string): Checked;
  /** `state`: the outputs, which tell what the provider had filled in where the inputs of last time say nothing. */
  diff(urn: string, id: string, before: Properties, after: Properties, state?: Properties): Difference;
  /** `timeoutSeconds`, here and below: of the program's `customTimeouts`; undefined where it says none. */
  create(
    urn: string,
    inputs: Properties,
    config: Properties,
    preview: boolean,
    timeoutSeconds?: number,
  ): Promise<State>;
  /** Answers the outputs. */
  update(
    urn: string,
    state: State,
    inputs: Properties,
    config: Properties,
    preview: boolean,
    timeoutSeconds?: number,
  ): Promise<Properties>;
  delete(urn: string, state: State, config: Properties, timeoutSeconds?: number): Promise<void>;
  /** What there is now; undefined where the resource is gone. `inputs`: of last time, empty for one that is only named. */
  read(urn: string, state: State, inputs: Properties, config: Properties): Promise<Found | undefined>;
  invoke(token: string, args: Properties, config: Properties): Properties;
  /** Ends waits: the update is interrupted. */
  cancel(): void;
}

export interface State {
  readonly id: string;
  readonly properties: Properties;
}

export interface Found extends State {
  readonly inputs: Properties;
}

export interface Checked {
  readonly inputs: Properties;
  readonly problems: readonly Problem[];
  /** A type that the tables do not know, told once. */
  readonly warning?: string;
}

export interface Difference {
  readonly changes: readonly Change[];
  readonly deletesFirst: boolean;
}

/** A refusal or failure that the user reads. */
export class ProviderError extends Error {}

/** A failure after the resource exists: what there is of it is recorded, and the next update repairs it. */
export class PartialFailure extends Error {
  readonly id: string;
  readonly properties: Properties;
  readonly inputs: Properties;

  constructor(message: string, id: string, properties: Properties, inputs: Properties) {
    super(message);
    this.id = id;
    this.properties = properties;
    this.inputs = inputs;
  }
}
