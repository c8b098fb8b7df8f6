/** What the engine asks a policy pack about one resource, read from the wire as far as it is needed. */
import proto from "@pulumi/pulumi/proto/analyzer_pb.js";
import { BinaryReader } from "google-protobuf";
import struct from "google-protobuf/google/protobuf/struct_pb.js";
import type { RegisteredResource } from "../../policies/pack-policy.ts";
import { readable } from "./policy-properties.ts";

/** The fields of pulumirpc.AnalyzeRequest that policies read (proto/pulumi/analyzer.proto). */
const field = { type: 1, properties: 2, urn: 3, name: 4, options: 5 } as const;

/**
 * A question of the engine about one resource. Its properties, which are most of it, stay bytes until the first policy
 * reads them: most resources are of no type that one judges.
 */
export class ResourceRequest implements RegisteredResource {
  readonly type: string = "";
  readonly name: string = "";
  readonly urn: string = "";
  readonly opts: RegisteredResource["opts"] = {};
  readonly #properties: Uint8Array = new Uint8Array();
  #props: object | undefined;

  /** @param bytes a pulumirpc.AnalyzeRequest. */
  constructor(bytes: Uint8Array) {
    const reader = new BinaryReader(bytes);
    while (reader.nextField() && !reader.isEndGroup()) {
      const number = reader.getFieldNumber();
      if (number === field.type) this.type = reader.readString();
      else if (number === field.properties) this.#properties = reader.readBytes();
      else if (number === field.urn) this.urn = reader.readString();
      else if (number === field.name) this.name = reader.readString();
      else if (number === field.options) {
        this.opts = optionsOf(proto.AnalyzerResourceOptions.deserializeBinary(reader.readBytes()));
      } else reader.skipField();
    }
  }

  get props(): object {
    this.#props ??= readable(struct.Struct.deserializeBinary(this.#properties).toJavaScript());
    return this.#props;
  }
}

/** What policies read of a resource's options. */
export const optionsOf = (options: proto.AnalyzerResourceOptions | undefined): RegisteredResource["opts"] =>
  options?.getDeletebeforereplacedefined() === true ? { deleteBeforeReplace: options.getDeletebeforereplace() } : {};
