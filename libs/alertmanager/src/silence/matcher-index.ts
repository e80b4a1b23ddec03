import { labelValue } from "../label-order.ts";
import { type Matcher, matchesAll } from "../matcher/matcher.ts";
import type { Labels } from "../notification.ts";

/** Something that is found by labels that fulfil all of its matchers. */
export interface Matched {
  readonly matchers: readonly Matcher[];
}

/** Finds what matches a set of labels without asking everything that might. */
export interface MatcherIndex<T extends Matched> {
  add(item: T): void;
  remove(item: T): void;
  /** All items whose matchers the labels fulfil. */
  find(labels: Labels): T[];
}

/**
 * Makes an empty index. An item that demands a value of a label lies in a bucket of those that demand the same, and of several such
 * buckets in the smallest; only the others, which have patterns or negations alone, are asked for every set of labels.
 */
export function createMatcherIndex<T extends Matched>(): MatcherIndex<T> {
  /** By name and value of a label. */
  const buckets = new Map<string, Map<string, Set<T>>>();
  const others = new Set<T>();
  /** Which of its matchers an item is found by. */
  const home = new Map<T, Matcher | undefined>();

  function bucketOf({ name, value }: Matcher): Set<T> | undefined {
    return buckets.get(name)?.get(value);
  }

  function addTo(matcher: Matcher, item: T): void {
    const ofName = buckets.get(matcher.name) ?? new Map<string, Set<T>>();
    buckets.set(matcher.name, ofName);
    const bucket = ofName.get(matcher.value) ?? new Set<T>();
    ofName.set(matcher.value, bucket);
    bucket.add(item);
  }

  function removeFrom({ name, value }: Matcher, item: T): void {
    const ofName = buckets.get(name);
    const bucket = ofName?.get(value);
    bucket?.delete(item);
    if (bucket?.size === 0) ofName?.delete(value);
    if (ofName?.size === 0) buckets.delete(name);
  }

  return {
    add(item) {
      const demanding = item.matchers.filter(({ operator, value }) => operator === "=" && value !== "");
      const [smallest] = demanding.sort((a, b) => (bucketOf(a)?.size ?? 0) - (bucketOf(b)?.size ?? 0));
      home.set(item, smallest);
      if (smallest === undefined) others.add(item);
      else addTo(smallest, item);
    },

    remove(item) {
      const matcher = home.get(item);
      home.delete(item);
      if (matcher === undefined) others.delete(item);
      else removeFrom(matcher, item);
    },

    find(labels) {
      const found: T[] = [];
      const consider = (items: Iterable<T>) => {
        for (const item of items) if (matchesAll(item.matchers, labels)) found.push(item);
      };
      for (const [name, ofName] of buckets) consider(ofName.get(labelValue(labels, name)) ?? []);
      consider(others);
      return found;
    },
  };
}
