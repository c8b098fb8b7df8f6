import { expect, test } from "vitest";
import { componentOf, containersOf } from "../../../cli/docker/daemon.ts";
import { isWell, statusOf } from "../../../cli/docker/status.ts";
import { backendRelease } from "./releases.ts";
import { withDev } from "./with-dev.ts";

const containerType = "docker:index/container:Container";

const options = { address: "127.0.77.5", releases: ["0.0.1"], settings: backendRelease("0.0.1"), timeout: 300_000 };

await withDev("what somebody did by hand to a dev that runs", options, (the) => {
  const containers = () => containersOf({ docker: the.docker, stack: "dev" });
  const container = async (component: string) => {
    const found = (await containers()).find((one) => componentOf(one) === component);
    return the.docker.getContainer(found?.Id ?? "");
  };
  const allWell = async () => statusOf([], await containers()).every(isWell);

  test("nothing: the live preview shows no change, and nothing drifted", async () => {
    expect(await the.dev.drift()).toEqual([]);
    expect(await the.dev.preview()).toMatch(/^dev: 0 removed, 0 replaced, 0 changed, 0 added/);
  });

  test("a container that was removed: the live preview shows it, and up alone makes it anew", async () => {
    await (await container("gateway")).remove({ force: true });
    const whole = { resource: "gateway", type: containerType, property: "", recorded: "there", real: "gone" };
    expect(await the.dev.drift()).toEqual([whole]);
    expect(await the.dev.preview()).toMatch(/\+ gateway {2}docker:index\/container:Container/);
    const { refusal, printed } = await the.dev.run("up");
    expect(refusal, printed).toBeUndefined();
    expect(printed).toMatch(/\+ gateway {2}docker:index\/container:Container/);
    expect(await allWell()).toBe(true);
    expect((await the.dev.run("up")).printed).toContain("dev: nothing to do");
  });

  test("a limit that was changed: the live preview and a refresh show it, and the next up sets it back", async () => {
    const before = (await (await container("backend")).inspect()).HostConfig.Memory ?? 0;
    await (await container("backend")).update({ Memory: before * 2, MemorySwap: before * 2 });
    const mebibytes = before / 1024 ** 2;
    expect(await the.dev.drift()).toContainEqual({
      resource: "backend",
      type: containerType,
      property: "memory",
      recorded: mebibytes,
      real: 2 * mebibytes,
    });
    expect(await the.dev.preview()).toMatch(/~ backend {2}docker:index\/container:Container/);
    expect((await the.dev.run("refresh")).refusal).toBeUndefined();
    const { refusal, printed } = await the.dev.run("up");
    expect(refusal, printed).toBeUndefined();
    expect((await (await container("backend")).inspect()).HostConfig.Memory).toBe(before);
    expect((await the.dev.run("up")).printed).toContain("dev: nothing to do");
  });
});
