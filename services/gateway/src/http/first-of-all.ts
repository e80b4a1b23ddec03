/** What comes in order, of which the first is there already. */
export interface FirstOfAll<T> {
  /** Undefined when there is none. */
  readonly first: T | undefined;
  /** All of them, the first too. Who stops early ends where they come from. */
  readonly all: AsyncGenerator<T, void>;
}

/** Waits for the first: what is wrong with a query shows with it, while the answer's status is still to be said. */
export async function firstOfAll<T>(source: AsyncIterable<T>): Promise<FirstOfAll<T>> {
  const rest = source[Symbol.asyncIterator]();
  const begun = await rest.next();
  async function* all(): AsyncGenerator<T, void> {
    try {
      for (let next = begun; next.done !== true; next = await rest.next()) yield next.value;
    } finally {
      await rest.return?.();
    }
  }
  return { first: begun.done === true ? undefined : begun.value, all: all() };
}
