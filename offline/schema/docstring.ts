/** What a provider's documentation of one property says about it, as far as it says so in a fixed form. */
export interface DocumentedFacts {
  readonly forcesNew: boolean;
  /** The complete list of allowed values; absent when the text names none, or names them as examples. */
  readonly values?: readonly string[];
}

const replacement =
  /\bforces\s+(the\s+creation\s+of\s+)?(a\s+)?(new|replacement|re-?creat)|forces?\s+re-?creation|will\s+(force|trigger|cause|result in)\s+(a\s+|the\s+)?(new|replacement|re-?creat|resource to be re-?created)|will\s+be\s+re-?created/i;

/** A statement that is about something else than "changing this property makes a new resource". */
const onlySometimes = /unless|only if|if you|when (the|this|changing from)|removing|adding/i;

/**
 * A sentence that says nothing but the list: "Valid values are `a`, `b` and `c`." A condition before it ("For Network
 * Load Balancers, valid values are …") makes it part of a longer text, which is not read.
 */
const allowed =
  /(?:^|[.!)]\s+|\n\s*)(?:the )?(?:(?:valid|possible|allowed|supported|accepted) (?:values|options)(?: for this (?:field|parameter))?(?: are| is|:| are:| can be)?|(?:must|can|should) be one of:?|one of:?) ((?:`[^`\s]+`(?:,? and |,? or |, )?)+)(?=\.|$|\s*\n|\s+\(?defaults?\b)/gi;

/**
 * Reads both facts from a docstring. It only trusts plain statements ("Changing this forces a new resource", "Valid
 * values are `a`, `b` and `c`."), because refusing what a provider takes is worse than letting something through.
 */
export function documentedFacts(text: string): DocumentedFacts {
  const sentences = text.split(/(?<=[.!])\s+|\n/);
  const forcesNew = sentences.some((sentence) => replacement.test(sentence) && !onlySometimes.test(sentence));
  const lists = [...text.matchAll(allowed)];
  const list = lists.length === 1 ? lists[0]?.[1] : undefined;
  const values = list === undefined ? [] : [...list.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? "");
  const plain = values.length >= 2 && values.every((value) => /^[\w.:/-]+$/.test(value));
  return plain ? { forcesNew, values } : { forcesNew };
}
