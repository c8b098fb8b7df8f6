/**
 * Thrown by the constructors of the vocabulary when a value cannot be: names the field, the value, what is allowed.
 * Settings are checked before they get here, so a person sees this only for a mistake in the program itself.
 */
export class InvalidSpec extends Error {
  override readonly name = "InvalidSpec";
}

/** Throws {@link InvalidSpec} with `message` unless `condition` holds. */
export function ensure(condition: boolean, message: string): asserts condition {
  if (!condition) throw new InvalidSpec(message);
}
