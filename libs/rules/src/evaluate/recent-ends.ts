/**
 * Remembers when groups of events were last said to be over, also those that had not begun: an end may overtake its beginning where two
 * come by different ways. It is a memory and no state: written for every target that is well it would cost more than all else.
 */
export interface RecentEnds {
  /** Notes that an event that happened at a time said that a rule's group is over. */
  note(rule: string, group: string, atMs: number): void;
  /** Whether one that happened later than this has said so. */
  isOver(rule: string, group: string, atMs: number): boolean;
}

/** @param maxEnds how many groups are remembered; of more, those go that were heard of least recently */
export function createRecentEnds(maxEnds: number): RecentEnds {
  const ends = new Map<string, number>();
  const keyOf = (rule: string, group: string) => `${rule}\n${group}`;
  return {
    note(rule, group, atMs) {
      const key = keyOf(rule, group);
      const latestMs = Math.max(ends.get(key) ?? atMs, atMs);
      // Behind all others again.
      ends.delete(key);
      ends.set(key, latestMs);
      if (ends.size <= maxEnds) return;
      const oldest = ends.keys().next();
      if (oldest.done !== true) ends.delete(oldest.value);
    },
    isOver: (rule, group, atMs) => (ends.get(keyOf(rule, group)) ?? Number.NEGATIVE_INFINITY) > atMs,
  };
}
