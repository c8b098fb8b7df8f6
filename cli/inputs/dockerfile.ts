import { UserError } from "../console/error.ts";

/** What an image is made of, as far as it lies outside of its Dockerfile. */
export interface DockerfileInputs {
  /** Images, as it names them; none of its own stages. */
  readonly bases: readonly string[];
  /** Files, folders and patterns of the build's context. */
  readonly sources: readonly string[];
}

/** One instruction, without its comments and line ends. */
interface Instruction {
  readonly line: number;
  /** In capitals. */
  readonly keyword: string;
  readonly flags: readonly string[];
  readonly words: readonly string[];
}

/**
 * Reads what goes into an image. Throws a UserError for what cannot be told from the file alone: a variable in such a
 * place, something that each build fetches anew.
 * @param path for messages.
 */
export function dockerfileInputs(text: string, path: string): DockerfileInputs {
  const instructions = instructionsOf(text);
  const froms = instructions.filter(({ keyword }) => keyword === "FROM");
  const stages = new Set(froms.flatMap(({ words }) => words[2]?.toLowerCase() ?? []));
  const known = (value: string, { line }: Instruction): string => {
    const why = value.includes("$")
      ? "has a variable in it: write it out"
      : /^(?:https?|git|ssh):|^git@/.test(value)
        ? "is fetched by each build anew: let a RUN fetch it, and compare its checksum"
        : undefined;
    if (why === undefined) return value;
    throw new UserError(`${path}:${line}: what the image is made of cannot be told: ${value} ${why}`);
  };
  const taken = instructions.flatMap((each) => takenBy(each).map((what) => ({ ...what, each })));
  const images = [
    ...[...text.matchAll(/^#\s*syntax\s*=\s*(\S+)/gim)].flatMap(([, image = ""]) => [image]),
    ...froms.flatMap((from) => known(from.words[0] ?? "", from)),
    ...taken.flatMap(({ from, each }) => (from === undefined ? [] : [known(from, each)])),
  ];
  const isOwn = (image: string): boolean =>
    image === "scratch" || stages.has(image.toLowerCase()) || /^\d+$/.test(image);
  return {
    bases: [...new Set(images.filter((image) => !isOwn(image)))],
    sources: [
      ...new Set(
        taken.flatMap(({ from, sources, each }) => (from === undefined ? sources.map((one) => known(one, each)) : [])),
      ),
    ],
  };
}

interface Taken {
  /** A stage or an image; undefined: the context. */
  readonly from: string | undefined;
  readonly sources: readonly string[];
}

/** What an instruction takes files from. */
function takenBy({ keyword, flags, words }: Instruction): readonly Taken[] {
  if (keyword === "COPY" || keyword === "ADD") {
    // A text that stands in the Dockerfile itself.
    const sources = words.slice(0, -1).filter((word) => !word.startsWith("<<"));
    return [{ from: optionOf(flags, "from"), sources }];
  }
  if (keyword !== "RUN") return [];
  return flags.flatMap((flag) => {
    const [, options] = /^--mount=(.*)$/.exec(flag) ?? [];
    const said = options?.split(",").map((option) => `--${option}`) ?? [];
    const isBind = options !== undefined && (optionOf(said, "type") ?? "bind") === "bind";
    const from = optionOf(said, "from");
    if (!isBind) return from === undefined ? [] : [{ from, sources: [] }];
    return [{ from, sources: [optionOf(said, "source") ?? optionOf(said, "src") ?? "."] }];
  });
}

const optionOf = (flags: readonly string[], name: string): string | undefined =>
  flags.find((flag) => flag.startsWith(`--${name}=`))?.slice(`--${name}=`.length);

/** https://docs.docker.com/reference/dockerfile/#format; the texts of here-documents are passed over. */
function instructionsOf(text: string): readonly Instruction[] {
  const found: Instruction[] = [];
  let begun = "";
  let line = 0;
  let ends: readonly string[] = [];
  for (const [place, whole] of text.split(/\r?\n/).entries()) {
    if (ends.length > 0) {
      if (whole.trim() === ends[0]) ends = ends.slice(1);
      continue;
    }
    if (/^\s*(?:#.*)?$/.test(whole)) continue;
    if (begun === "") line = place + 1;
    begun += whole.replace(/\\\s*$/, " ");
    if (/\\\s*$/.test(whole)) continue;
    found.push(instruction(begun, line));
    if (/^\s*(?:RUN|COPY|ADD)\s/i.test(begun))
      ends = [...begun.matchAll(/<<-?["']?(\w+)["']?/g)].flatMap(([, name = ""]) => [name]);
    begun = "";
  }
  return found;
}

function instruction(text: string, line: number): Instruction {
  const [, keyword = "", rest = ""] = /^\s*(\w+)\s*(.*)$/s.exec(text) ?? [];
  const [flags = ""] = /^(?:--\S+\s+)*/.exec(rest) ?? [];
  const said = rest.slice(flags.length).trim();
  return { line, keyword: keyword.toUpperCase(), flags: flags.split(/\s+/).filter(Boolean), words: wordsOf(said) };
}

/** Words, or the list of words that is written as JSON. */
function wordsOf(said: string): readonly string[] {
  if (said.startsWith("[")) {
    try {
      const list: unknown = JSON.parse(said);
      if (Array.isArray(list)) return list.map(String);
    } catch {
      // Then it is a plain text that begins with a bracket.
    }
  }
  return said.split(/\s+/).filter(Boolean);
}
