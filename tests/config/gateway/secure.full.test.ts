import { X509Certificate } from "node:crypto";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { join } from "node:path";
import { connect } from "node:tls";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { selfSigned } from "../../../cli/engine/developer/certificate.ts";
import { blackboxExporter } from "../../../cli/setup/monitoring.ts";
import { ensureTool } from "../../../cli/setup/tool.ts";
import type { Settings } from "../../../components/settings.ts";
import { describePlatform, mountedFile } from "../../../components/specification.ts";
import { type Launched, launch, until } from "../../support/process.ts";
import { type Gateway, hasNginx, startGateway } from "../../support/products/gateway.ts";
import { type Ground, ground } from "../../support/products/product.ts";
import { settingsOf } from "../../support/stacks.ts";
import { asked, type Behind, serve } from "./asked.ts";

const isThere = await hasNginx();

/** Prod's, of a site that is this host, behind a load balancer that has this address. */
const balancer = "127.0.89.1";
const prod = settingsOf("prod", "docker", { domain: "trading.example.com", mtls: false });
const settings: Settings = { ...prod, target: { ...prod.target, balancers: [`${balancer}/32`] } };

describe.skipIf(!isThere)("a site with a name, on a real nginx", () => {
  let on: Ground;
  let gateway: Gateway;
  let behind: Behind;
  /** Requests that wait for their answer. */
  const waiting: ServerResponse[] = [];

  beforeAll(async () => {
    if (!isThere) return;
    behind = await serve({}, ({ url }, response) => {
      if (url === "/api/v1/slow") waiting.push(response);
      else response.setHeader("strict-transport-security", "max-age=1").end("here");
    });
    on = ground("gateway-secure");
    const upstream = { host: "127.0.0.1", port: behind.port };
    gateway = await startGateway(on, { backend: upstream, frontend: upstream, settings });
  });
  afterAll(async () => {
    await on?.clear();
    behind?.close();
  });
  const lastSeen = () => behind.seen.at(-1)?.headers;

  test.each(["GET", "POST"])("plain HTTP is sent on to HTTPS, a %s as one, whatever host is named", async (method) => {
    const { status, headers } = await asked(`${gateway.url}/api/v1/orders?a=%2F`, {
      method,
      headers: { host: "evil.test" },
    });
    expect([status, headers.location]).toEqual([308, "https://trading.example.com/api/v1/orders?a=%2F"]);
    expect(headers["strict-transport-security"]).toBeUndefined();
  });

  test.each(["/-/live", "/-/ready"])("a load balancer's check of %s is answered on plain HTTP", async (path) => {
    expect((await asked(`${gateway.url}${path}`)).status).toBe(200);
  });

  test("HTTPS is answered, with HSTS, once", async () => {
    const { status, headers } = await asked(gateway.secureUrl);
    expect([status, headers["strict-transport-security"]]).toEqual([200, "max-age=31536000"]);
    expect(lastSeen()).toMatchObject({ "x-forwarded-proto": "https" });
  });

  test("a developer's port of the page is left as it is", async () => {
    expect((await asked(gateway.pageUrl)).status).toBe(200);
  });

  test("behind a balancer that ends TLS, its word decides, and there is no loop", async () => {
    const said = (scheme: string) => ({ "x-forwarded-proto": scheme, "x-forwarded-for": "198.51.100.1, 203.0.113.9" });
    const came = await asked(gateway.url, { from: balancer, headers: said("https") });
    expect([came.status, came.headers["strict-transport-security"]]).toEqual([200, "max-age=31536000"]);
    // What the balancer itself saw is the last one; what a client wrote before it is not believed.
    expect(lastSeen()).toMatchObject({ "x-forwarded-proto": "https", "x-forwarded-for": "203.0.113.9" });
    expect((await asked(gateway.url, { from: balancer, headers: said("http") })).status).toBe(308);
  });

  test("nobody else's word counts", async () => {
    const headers = { "x-forwarded-proto": "https", "x-forwarded-for": "203.0.113.9" };
    expect((await asked(gateway.url, { headers })).status).toBe(308);
    await asked(gateway.secureUrl, { headers: { ...headers, "x-forwarded-proto": "http" } });
    expect(lastSeen()).toMatchObject({ "x-forwarded-proto": "https", "x-forwarded-for": "127.0.0.1" });
  });

  test.each([
    ["TLSv1.2", "ECDHE-ECDSA-AES128-GCM-SHA256", true],
    ["TLSv1.3", undefined, true],
    ["TLSv1.1", "DEFAULT@SECLEVEL=0", false],
    ["TLSv1.2", "AES128-SHA", false],
  ] as const)("%s with %s: %s", async (version, ciphers, isTaken) => {
    const { hostname, port } = new URL(gateway.secureUrl);
    const taken = new Promise<boolean>((resolve) => {
      const options = {
        minVersion: version,
        maxVersion: version,
        rejectUnauthorized: false,
        ...(ciphers && { ciphers }),
      };
      const socket = connect({ host: hostname, port: Number(port), ...options }, () => resolve(true));
      socket.on("error", () => resolve(false));
      socket.on("secureConnect", () => socket.end());
    });
    expect(await taken).toBe(isTaken);
  });

  test("the prober follows to HTTPS and sees when the certificate ends", async () => {
    const prober = await on.start({
      name: "blackbox_exporter",
      program: await ensureTool(blackboxExporter),
      words: (folder, port) => {
        const config = mountedFile(describePlatform(settings), "blackbox-exporter", "/etc/blackbox/blackbox.yml");
        writeFileSync(join(folder, "blackbox.yml"), config);
        copyFileSync(join(gateway.folder, "certificate.pem"), join(folder, "trusted.pem"));
        return [`--config.file=${join(folder, "blackbox.yml")}`, `--web.listen-address=127.0.0.1:${port}`];
      },
      environment: { SSL_CERT_FILE: join(on.folder, "blackbox_exporter", "trusted.pem") },
      readyPath: "/-/healthy",
    });
    const query = new URLSearchParams({ module: "https_2xx", target: gateway.secureUrl });
    const said = (await asked(`${prober.url}/probe?${query}`)).body;
    expect(said).toContain("probe_success 1");
    const ends = Date.parse(new X509Certificate(readFileSync(join(gateway.folder, "certificate.pem"))).validTo) / 1000;
    expect(Number(/^probe_ssl_earliest_cert_expiry (\S+)$/m.exec(said)?.[1])).toBe(ends);
  });

  test("prometheus asks the prober for the site by HTTPS where it has a name", () => {
    const config = mountedFile(describePlatform(settings), "prometheus", "/etc/prometheus/prometheus.yml");
    expect(config).toContain("https://trading.example.com/");
  });

  describe("when the certificate's files change", () => {
    let watch: Launched;
    beforeAll(() => {
      if (isThere) watch = launch({ name: "reload", program: "sh", words: ["reload.sh"], folder: gateway.folder });
    });
    afterAll(() => void watch?.process.kill());

    const shown = async (): Promise<string> => {
      const { hostname, port } = new URL(gateway.secureUrl);
      return new Promise((resolve, reject) => {
        const socket = connect({ host: hostname, port: Number(port), rejectUnauthorized: false }, () => {
          resolve(socket.getPeerX509Certificate()?.fingerprint256 ?? "none");
          socket.end();
        });
        socket.on("error", reject);
      });
    };

    test("half a pair changes nothing; the whole is shown to new connections, and what was asked before is answered", {
      timeout: 60_000,
    }, async () => {
      const before = await shown();
      const early = asked(`${gateway.secureUrl}/api/v1/slow`);
      await until("the slow request has arrived", async () => (waiting.length > 0 ? true : undefined));
      const { certificate, privateKey } = await selfSigned([]);
      const wanted = new X509Certificate(certificate).fingerprint256;
      writeFileSync(join(gateway.folder, "certificate.pem"), certificate);
      await until("the watch has seen half of it", async () =>
        readFileSync(watch.log, "utf8").includes("key values mismatch") ? true : undefined,
      );
      expect(await shown()).toBe(before);
      writeFileSync(join(gateway.folder, "key.pem"), privateKey);
      const statuses = new Set<number>();
      await until("the new certificate is shown", async () => {
        statuses.add((await asked(gateway.secureUrl)).status);
        return (await shown()) === wanted ? true : undefined;
      });
      statuses.add((await asked(gateway.secureUrl)).status);
      expect(statuses).toEqual(new Set([200]));
      waiting[0]?.end("answered");
      expect(await early).toMatchObject({ status: 200, body: "answered" });
    });
  });
});
