import { Document, isMap, isNode, isScalar, type YAMLMap } from "yaml";

/** A place in a document, as `["groups", 0]`, and what a person should know of it. */
export type Comment = readonly [path: readonly (string | number)[], text: string];

/** A rendered YAML file under a heading that says where it comes from; long values stay on their line. */
export function commented(content: unknown, heading: string, comments: readonly Comment[] = []): string {
  const document = new Document(content);
  for (const [path, text] of comments) {
    const parent = document.getIn(path.slice(0, -1), true);
    const node = isMap(parent) ? keyNode(parent, path.at(-1)) : document.getIn(path, true);
    if (!isNode(node)) throw new Error(`there is nothing at ${path.join(".")} to comment`);
    node.commentBefore = ` ${text}`;
    // Not between a section's key and its first entry.
    node.spaceBefore = path.length === 1 || !isMap(parent) || node !== parent.items[0]?.key;
  }
  return `# ${heading}\n${document.toString({ lineWidth: 0 })}`;
}

const keyNode = (map: YAMLMap, wanted: unknown): unknown =>
  map.items.map(({ key }) => key).find((key) => isScalar(key) && key.value === wanted);
