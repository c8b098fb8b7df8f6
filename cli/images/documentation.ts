import { catalogue, isRecipe } from "./catalogue.ts";
import { debianRelease } from "./debian.ts";
import type { Recipe } from "./recipe.ts";

/** docs/images.md: how images are had, and what ours do otherwise than the official ones, from the recipes themselves. */
export function renderImagesDocument(): string {
  const recipes = catalogue.filter(isRecipe);
  const leftOut = catalogue.flatMap((entry) => (isRecipe(entry) ? [] : [entry]));
  return `# Images

\`./platform images build\` sees to it that Docker has the images that the stack \`dev\` asks for, under exactly those names.
What is there already stays. The rest is pulled where a registry can be reached; elsewhere, and always with \`--offline\`,
it is built on this machine, without a registry: programs from their Go modules, pinned under \`tools/\`, and nginx,
PostgreSQL and Redis from packages of Debian ${debianRelease}, laid out as the official images are, so that the same specs
run on both. \`./platform images build redis postgres\` does the same for some. Needed: Linux, Go, Docker, and for most of them
\`debootstrap\` (which only downloads and verifies here: no special rights). All of it is kept in the tool cache; the first
build takes about 20 minutes on two cores, every later one seconds.

Every image of our own has the label \`trading-platform/recipe\`; an image without it is never replaced.
They are for development and tests: nobody scans them or mends them when Debian does. Rendered by
\`./platform render\` from \`cli/images/\`.

## What our own weigh

\`./platform images weigh\` says it of this checkout: megabytes of files, unpacked, and what of them is what. With Node 24.21.0 and Debian ${debianRelease}:

| image | whole, MB | Node | PostgreSQL | ICU's data | npm packages | the service | libraries and tools |
|---|---|---|---|---|---|---|---|
| backend | 143.4 | 126.6 | | | 6.9 | 0.2 | 9.8 |
| frontend | 136.4 | 126.6 | | | | 0.04 | 9.8 |
| backup | 215.9 | 126.6 | 22.7 | 31.9 | 1.8 | 0.05 | 32.8 |
| alert-sink | 144.5 | 126.6 | | | 8.1 | 0.03 | 9.8 |
| probe | 5.9 | | | | | | 5.9 |

Nine tenths are Node's own program as its project publishes it (with its symbols, 18 MB, which every published image has). PostgreSQL does not start without
ICU, whose data is one library. What is ours is small and a test keeps it so. Left out of the npm packages, here and by the Dockerfiles
(\`cli/images/unread.ts\`): everything of development, types, source maps, texts, tests; of the backend's 23.0 MB 6.9 stay, of the alert sink's 14.3 8.1, of the backup's 5.3 1.8.
An image that a Dockerfile makes has Node's official base besides, with npm in it; none could be built on the machine this was written on.
In place of that a test puts each together from what its Dockerfile's \`COPY\` takes (\`.dockerignore\` in force) and the packages of its \`npm ci\`, and starts its program from
that alone (\`tests/images/dockerfiles.test.ts\`). What only a build shows: the base images, \`npm ci\` itself, \`apk add\`, and who owns what.

## Differences to the official images

In all of them: one layer, no \`HEALTHCHECK\` (the platform states its own), no files of licences and documentation.

${differencesTable(recipes)}

## Not built

| image | why |
|---|---|
${leftOut.map(({ name, leftOut: why }) => `| ${name} | ${why} |`).join("\n")}
`;
}

function differencesTable(recipes: readonly Recipe[]): string {
  const rows = recipes.flatMap(({ name, version, differences }) =>
    differences.length === 0
      ? [`| ${name} | ${version} | none | |`]
      : differences.map(({ what, why }) => `| ${name} | ${version} | ${what} | ${why} |`),
  );
  return ["| image | holds | ours | why |", "|---|---|---|---|", ...rows].join("\n");
}
