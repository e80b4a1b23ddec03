import { hash } from "node:crypto";

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

/** Of more of either those are forgotten that were heard of least recently. An end takes about 150 bytes, however long its group's labels are. */
export interface RecentEndsOptions {
  /** Groups of one rule: no rule is forgotten for another's. */
  readonly maxEnds: number;
  readonly maxRules: number;
}

type EndsByRule = Map<string, Map<string, number>>;

export function createRecentEnds({ maxEnds, maxRules }: RecentEndsOptions): RecentEnds {
  const ends: EndsByRule = new Map();
  const remember = (rule: string, taken: ReadonlyMap<string, number>) => {
    const known = ends.get(rule) ?? new Map<string, number>();
    putLast(ends, rule, known, maxRules);
    for (const [key, atMs] of taken) putLast(known, key, Math.max(known.get(key) ?? atMs, atMs), maxEnds);
  };
  return {
    take() {
      const taken: EndsByRule = new Map();
      return {
        note(rule, group, atMs) {
          const ofRule = taken.get(rule) ?? new Map<string, number>();
          const key = keyOf(group);
          ofRule.set(key, Math.max(ofRule.get(key) ?? atMs, atMs));
          taken.set(rule, ofRule);
        },
        isOver(rule, group, atMs) {
          const known = [taken.get(rule), ends.get(rule)].filter((ofRule) => ofRule !== undefined);
          if (known.length === 0) return false;
          const key = keyOf(group);
          return known.some((ofRule) => (ofRule.get(key) ?? Number.NEGATIVE_INFINITY) > atMs);
        },
        keep() {
          for (const [rule, ofRule] of taken) remember(rule, ofRule);
          taken.clear();
        },
      };
    },
  };
}

/** Senders choose how long the labels of a group are. */
function keyOf(group: string): string {
  return hash("sha256", group, "base64");
}

/** Puts a value behind all others, of which the first goes where there are too many. */
function putLast<T>(values: Map<string, T>, key: string, value: T, max: number): void {
  values.delete(key);
  values.set(key, value);
  const [first] = values.keys();
  if (values.size > max && first !== undefined) values.delete(first);
}
