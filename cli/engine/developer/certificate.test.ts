import { createServer } from "node:https";
import { connect } from "node:tls";
import { expect, test } from "vitest";
import { selfSigned } from "./certificate.ts";

test("a server takes it, and a client that trusts it reaches localhost and the names given, nobody else", async () => {
  const { certificate, privateKey } = await selfSigned(["gateway"]);
  const server = createServer({ cert: certificate, key: privateKey }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const reach = (servername: string) =>
    new Promise<string>((resolve) => {
      const client = connect({ host: "127.0.0.1", port: address.port, servername, ca: certificate });
      client.on("secureConnect", () => client.end(() => resolve("reached")));
      client.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    });
  try {
    expect(await reach("localhost")).toBe("reached");
    expect(await reach("gateway")).toBe("reached");
    expect(await reach("example.com")).toBe("ERR_TLS_CERT_ALTNAME_INVALID");
  } finally {
    server.close();
  }
});
