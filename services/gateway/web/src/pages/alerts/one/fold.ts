/** Something that was told, as often as it was. */
export interface Folded<T> {
  /** The first time. */
  readonly item: T;
  /** How many times more. */
  readonly more: number;
  /** The last time. */
  readonly last: T;
}

/**
 * Puts together what says the same but for its numbers, in the order of its first time: a receiver that is away is tried again and
 * again, and who reads why nobody was told wants to know that once. What has no text (undefined) is told each time.
 */
export function fold<T>(items: readonly T[], textOf: (item: T) => string | undefined): Folded<T>[] {
  const folded = new Map<string | T, Folded<T>>();
  for (const item of items) {
    const key = textOf(item)?.replace(/\d+/g, "0") ?? item;
    const before = folded.get(key);
    folded.set(
      key,
      before === undefined ? { item, more: 0, last: item } : { ...before, more: before.more + 1, last: item },
    );
  }
  return [...folded.values()];
}
