/**
 * A sentence that says nothing but the list: "Valid values are `a`, `b` and `c`." A condition before it ("For Network
 * Load Balancers, valid values are …") makes it part of a longer text, which is not read.
 */
const allowed =
  /(?:^|[.!)]\s+|\n\s*)(?:the )?(?:(?:valid|possible|allowed|supported|accepted) (?:values|options)(?: for this (?:field|parameter))?(?: are| is|:| are:| can be)?|(?:must|can|should) be one of:?|one of:?) ((?:`[^`\s]+`(?:,? and |,? or |, )?)+)(?=\.|$|\s*\n|\s+\(?defaults?\b)/gi;

/**
 * The complete list of allowed values that a docstring states; undefined when it names none, or names them as
 * examples or for some cases only. Refusing what a provider takes is worse than letting something through.
 */
export function documentedValues(text: string): readonly string[] | undefined {
  const lists = [...text.matchAll(allowed)];
  const list = lists.length === 1 ? lists[0]?.[1] : undefined;
  const values = list === undefined ? [] : [...list.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? "");
  return values.length >= 2 && values.every((value) => /^[\w.:/-]+$/.test(value)) ? values : undefined;
}
