/** Which ranks there are of so many, and which of them is the n-th. */
export interface Ranks {
  add(rank: number): void;
  remove(rank: number): void;
  /** The rank at that place among those that are there, from 0. There have to be more than that. */
  find(place: number): number;
}

/**
 * A binary indexed tree (Fenwick, "A new data structure for cumulative frequency tables", 1994): each change and each question takes
 * as many steps as the number of ranks has binary digits.
 */
export function createRanks(size: number): Ranks {
  const counts = new Int32Array(size + 1);
  const change = (rank: number, by: number) => {
    for (let at = rank + 1; at <= size; at += at & -at) counts[at] = (counts[at] ?? 0) + by;
  };
  const highest = size === 0 ? 0 : 1 << (31 - Math.clz32(size));
  return {
    add: (rank) => change(rank, 1),
    remove: (rank) => change(rank, -1),
    find(place) {
      let at = 0;
      let left = place;
      for (let half = highest; half > 0; half >>= 1) {
        const next = at + half;
        const count = counts[next] ?? 0;
        if (next > size || count > left) continue;
        at = next;
        left -= count;
      }
      return at;
    },
  };
}
