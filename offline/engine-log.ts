import { credentials } from "@grpc/grpc-js";
import service from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import engine from "@pulumi/pulumi/proto/engine_pb.js";

/** Messages that the engine shows beside a resource. */
export class EngineLog {
  #client: service.EngineClient | undefined;

  connect(address: string): void {
    if (address !== "") {
      this.#client?.close();
      this.#client = new service.EngineClient(address, credentials.createInsecure());
    }
  }

  /** Done when the engine has it, so that it is shown before the answer; a lost message is no failure. */
  async warn(urn: string, message: string): Promise<void> {
    await this.#send(engine.LogSeverity.WARNING, urn, message);
  }

  /** Shown only by `pulumi --debug`. */
  debug(urn: string, message: string): void {
    void this.#send(engine.LogSeverity.DEBUG, urn, message);
  }

  async #send(severity: engine.LogSeverity, urn: string, message: string): Promise<void> {
    const client = this.#client;
    if (client === undefined) {
      return;
    }
    const request = new engine.LogRequest().setSeverity(severity).setUrn(urn).setMessage(message);
    await new Promise<void>((resolve) => client.log(request, () => resolve()));
  }
}
