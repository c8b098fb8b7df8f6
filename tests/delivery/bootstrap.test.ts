import { expect, test } from "vitest";
import { execute, newcomer, platform, withFolder } from "../engine/support.ts";

test("./platform bootstrap previews with nothing, judged by the policies, and says what making it needs", {
  timeout: 300_000,
}, async () => {
  await withFolder(async (home) => {
    const [node, main] = platform;
    const { code, stdout, stderr } = await execute(node, [main, "bootstrap"], newcomer(home));
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stdout).toMatch(/^bootstrap +- +\d+ +0 +0 .* ok$/m);
    expect(stderr).toMatch(/only a preview: to make it, it needs credentials of the AWS account and a backend/);
  });
});
