import { type handleUnaryCall, Metadata, type StatusObject, status } from "@grpc/grpc-js";
import rpc from "@pulumi/pulumi/proto/provider_pb.js";
import statusProto from "@pulumi/pulumi/proto/status_pb.js";
import any from "google-protobuf/google/protobuf/any_pb.js";
import struct from "google-protobuf/google/protobuf/struct_pb.js";
import { PartialFailure } from "./served-provider.ts";
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

/** One answer to one request; what is thrown reaches the engine as an error that the user reads. */
export function answer<Request, Response>(
  respond: (request: Request, peer: string) => Response | Promise<Response>,
): handleUnaryCall<Request, Response> {
  return async (call, callback) => {
    try {
      callback(null, await respond(call.request, call.getPeer()));
    } catch (error) {
      callback(failure(error));
    }
  };
}

/** An error as gRPC reports it; a partial failure carries what exists already, in the form that the engine records. */
export function failure(error: unknown): Partial<StatusObject> {
  const message = error instanceof Error ? error.message : String(error);
  const code =
    error instanceof Error && "code" in error && typeof error.code === "number" ? error.code : status.UNKNOWN;
  return error instanceof PartialFailure
    ? { code, details: message, metadata: partialState(error) }
    : { code, details: message };
}

function partialState(error: PartialFailure): Metadata {
  const detail = new rpc.ErrorResourceInitFailed()
    .setId(error.id)
    .setReasonsList([error.message])
    .setProperties(encode(error.properties))
    .setInputs(encode(error.inputs));
  const packed = new any.Any();
  packed.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const response = new statusProto.Status().setCode(status.UNKNOWN).setMessage(error.message).setDetailsList([packed]);
  const metadata = new Metadata();
  // gRPC libraries carry structured details in this header.
  metadata.add("grpc-status-details-bin", Buffer.from(response.serializeBinary()));
  return metadata;
}
