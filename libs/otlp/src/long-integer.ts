/** An integer of so many digits may be more than a double holds; a string's begin behind a quote. */
const LONG_INTEGER = /[:,[]\s*-?\d{16}/;

/**
 * Whether JSON may hold an integer that a double does not hold exactly. Only then does it need a reviver, which makes
 * parsing several times as slow.
 */
export function mayHoldLongInteger(json: string): boolean {
  return LONG_INTEGER.test(json);
}
