import { expect, test } from "vitest";
import { composePlaces } from "../../../cli/render/compose.ts";
import { dockerDaemon } from "../../support/docker/daemon.ts";
import { withCompose } from "./with-compose.ts";

const address = "127.0.77.21";
const [place] = composePlaces();

const options = {
  place,
  addresses: { loopback: address, public: address },
  measured: async (query: string) => (await fetch(`http://${address}:9090/api/v1/query?query=${query}`)).json(),
};

withCompose(
  "docker compose up, in development [requirement environment/development]",
  await dockerDaemon(),
  options,
  () => {
    test.each([
      ["the gateway", 80, "/-/ready"],
      ["the page", 80, "/"],
      ["the backend", 8000, "/api/v1/health"],
      ["the backend", 8000, "/api/v1/health/detailed"],
      ["prometheus", 9090, "/-/ready"],
      ["alertmanager", 9093, "/-/ready"],
      ["loki", 3100, "/ready"],
    ])("%s answers on port %i: %s", async (_, port, path) => {
      const answer = await fetch(`http://${address}:${port}${path}`, { signal: AbortSignal.timeout(20_000) });
      expect(answer.status).toBe(200);
    });
  },
);
