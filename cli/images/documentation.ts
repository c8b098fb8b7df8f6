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
