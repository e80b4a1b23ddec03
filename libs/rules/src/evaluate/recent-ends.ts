/** What is known of ends of groups of events, and what is being learnt. */
export interface Ends {
  /** Notes that an event that happened at a time said that a rule's group is over. */
  note(rule: string, group: string, atMs: number): void;
  /** Whether one that happened later than this has said so. */
  isOver(rule: string, group: string, atMs: number): boolean;
}

/** The ends among events that are being taken in, before those that were remembered. */
export interface EndsTaken extends Ends {
  /** Remembers them: to be called when what follows from the events is written, for they are told again until it is. */
  keep(): void;
}

/**
 * Remembers when groups of events were last said to be over, also those that had not begun: an end may overtake its beginning where two
 * come by different ways. It is a memory and no state: written for every target that is well it would cost more than all else.
 */
export interface RecentEnds {
  /** Begins to take events in: what they end is over for those among them that come behind, and for nobody else before it is kept. */
  take(): EndsTaken;
}

/** @param maxEnds how many groups are remembered; of more, those go that were heard of least recently */
export function createRecentEnds(maxEnds: number): RecentEnds {
  const ends = new Map<string, number>();
  const remember = (key: string, atMs: number) => {
    const latestMs = Math.max(ends.get(key) ?? atMs, atMs);
    // Behind all others again.
    ends.delete(key);
    ends.set(key, latestMs);
    if (ends.size <= maxEnds) return;
    const oldest = ends.keys().next();
    if (oldest.done !== true) ends.delete(oldest.value);
  };
  const keyOf = (rule: string, group: string) => `${rule}\n${group}`;
  return {
    take() {
      const taken = new Map<string, number>();
      return {
        note(rule, group, atMs) {
          const key = keyOf(rule, group);
          taken.set(key, Math.max(taken.get(key) ?? atMs, atMs));
        },
        isOver(rule, group, atMs) {
          const key = keyOf(rule, group);
          return [taken, ends].some((known) => (known.get(key) ?? Number.NEGATIVE_INFINITY) > atMs);
        },
        keep() {
          for (const [key, atMs] of taken) remember(key, atMs);
          taken.clear();
        },
      };
    },
  };
}
