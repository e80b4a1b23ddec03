import type { TimeRange } from "@sightline/model/time";
import { cursorCodec } from "./cursor.ts";

/** Cursors of lists by name: the last name given is the id. */
export const nameCursors = cursorCodec(/^[\s\S]+$/);

/** A page of a list by name, of which one item more was read than is shown. */
export function pageOf<T extends { readonly name: string }>(
  found: readonly T[],
  { range, limit }: { readonly range: TimeRange; readonly limit: number },
): { readonly items: T[]; readonly nextCursor: string } {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  const more = found.length > limit && last !== undefined;
  return { items, nextCursor: more ? nameCursors.encode({ ...range, timeUnixNano: 0n, id: last.name }) : "" };
}
