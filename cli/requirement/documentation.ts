import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { names, tagsIn } from "./proofs.ts";
import { requirement } from "./rows.ts";

/** A file of tests with the rows that its titles name. */
export interface TaggedFile {
  readonly file: string;
  readonly tags: readonly string[];
}

/** Files of tests whose titles name rows of the requirement. */
export function taggedFiles(checkout: string): readonly TaggedFile[] {
  return globSync("**/*.test.ts", { cwd: checkout, exclude: (name) => name.endsWith("node_modules") })
    .map((file) => ({ file, tags: tagsIn(readFileSync(join(checkout, file), "utf8")) }))
    .filter(({ file, tags }) => tags.length > 0 && !file.startsWith("cli/requirement/"))
    .sort((one, other) => (one.file < other.file ? -1 : 1));
}

/** docs/requirement.md: each row, what stands for it here, and where it is proven. */
export function renderRequirementDocument(checkout: string): string {
  const files = taggedFiles(checkout);
  const sections = requirement.map(({ title, rows }) => {
    const lines = rows.map(({ id, asks, here, open }) => {
      const proof = open === undefined ? provingFiles(files, id).join(", ") : `not yet: ${open}`;
      return `| ${asks} | ${here ?? ""} | ${proof} |`;
    });
    return [`## ${title}`, "", "| asked for | here | proven by |", "| --- | --- | --- |", ...lines].join("\n");
  });
  return `${introduction}\n\n${sections.join("\n\n")}\n`;
}

/** What is filled in when the tests run (`%s`) may be any row of its group: it counts where no title says the row itself. */
function provingFiles(files: readonly TaggedFile[], id: string): readonly string[] {
  const found = files.flatMap(({ file, tags }) =>
    tags.filter((tag) => names(tag, id)).map((tag) => ({ file: `\`${file}\``, isSaid: !/[%$]/.test(tag) })),
  );
  const said = found.filter(({ isSaid }) => isSaid);
  return [...new Set((said.length > 0 ? said : found).map(({ file }) => file))];
}

const introduction = `<!-- Rendered by ./platform render from cli/requirement/rows.ts and the titles of the tests. -->
# The requirement, row by row

What the report of phase 5 lists, what stands for it here where that is something else (its code was Python, ours is TypeScript), and the
tests that prove it: a test names its rows in its title, as \`[requirement health/live]\`. \`./platform requirement\` reads what the last runs of both
tiers said and fails if a row is empty: no test of it ran, or one of them failed or was skipped. CI ends with it.`;
