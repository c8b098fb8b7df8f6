import rpc from "@pulumi/pulumi/proto/provider_pb.js";
import statusProto from "@pulumi/pulumi/proto/status_pb.js";
import any from "google-protobuf/google/protobuf/any_pb.js";
import struct from "google-protobuf/google/protobuf/struct_pb.js";
import { PartialFailure } from "./served-provider.ts";
import { type Failure, failureOf, status } from "./unary-server.ts";
import { isList, isProperties, type Properties, type Value } from "./value.ts";

/** A message's properties as plain JSON; empty if there are none. */
export function decode(message: struct.Struct | undefined): Properties {
  return message?.toJavaScript() ?? {};
}

export function encode(properties: Properties): struct.Struct {
  return struct.Struct.fromJavaScript(mutable(properties));
}

type Plain = { [key: string]: struct.JavaScriptValue };

/** The library's type wants arrays that may be changed; it does not change them. */
function mutable(properties: Properties): Plain {
  const copy: Plain = {};
  for (const [key, value] of Object.entries(properties)) {
    copy[key] = mutableValue(value);
  }
  return copy;
}

function mutableValue(value: Value): struct.JavaScriptValue {
  if (isList(value)) {
    return value.map(mutableValue);
  }
  return isProperties(value) ? mutable(value) : value;
}

/** An error as gRPC reports it; a partial failure carries what exists already, in the form that the engine records. */
export function failure(error: unknown): Failure {
  const plain = failureOf(error);
  return error instanceof PartialFailure ? { ...plain, details: partialState(error) } : plain;
}

function partialState(error: PartialFailure): Uint8Array {
  const detail = new rpc.ErrorResourceInitFailed()
    .setId(error.id)
    .setReasonsList([error.message])
    .setProperties(encode(error.properties))
    .setInputs(encode(error.inputs));
  const packed = new any.Any();
  packed.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const response = new statusProto.Status().setCode(status.unknown).setMessage(error.message).setDetailsList([packed]);
  return response.serializeBinary();
}
