/**
 * An object of entries whose keys and values are known to be those of `T`. TypeScript cannot follow an object that is put together
 * key by key from a table of codecs; the one caller is `config/codec.ts`, where the table is also what makes the type.
 */
export function recordOf<T>(entries: Iterable<readonly [key: string, value: unknown]>): T {
  return Object.fromEntries(entries) as T;
}
