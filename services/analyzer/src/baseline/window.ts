/**
 * The newest values of one series, kept both in the order they came and sorted, so that the median costs nothing and
 * adding costs one shift of a small array.
 */
export interface Window {
  /** Drops the oldest value when full. */
  add(value: number): void;
  count(): number;
  /** How many different values there are, counted up to 3. */
  distinct(): number;
  /** Undefined while empty. */
  median(): number | undefined;
  /** Median of the distances from the median: a spread that single outliers do not move. */
  medianDeviation(): number;
  /** Oldest first. */
  values(): number[];
}

/** @param capacity at least 1; beyond it the oldest values go */
export function createWindow(capacity: number, initial: readonly number[] = []): Window {
  const inOrder: number[] = [];
  const sorted: number[] = [];

  const add = (value: number) => {
    if (inOrder.length >= capacity) {
      const oldest = inOrder.shift();
      if (oldest !== undefined) sorted.splice(positionOf(sorted, oldest), 1);
    }
    inOrder.push(value);
    sorted.splice(positionOf(sorted, value), 0, value);
  };
  for (const value of initial.slice(-capacity)) add(value);

  return {
    add,
    count: () => inOrder.length,
    distinct: () => {
      let different = sorted.length > 0 ? 1 : 0;
      for (let at = 1; at < sorted.length && different < 3; at++) if (sorted[at] !== sorted[at - 1]) different += 1;
      return different;
    },
    median: () => medianOf(sorted),
    medianDeviation: () => {
      const center = medianOf(sorted);
      if (center === undefined) return 0;
      return medianOf(sorted.map((value) => Math.abs(value - center)).sort((a, b) => a - b)) ?? 0;
    },
    values: () => [...inOrder],
  };
}

/** The first position whose value is not below. */
function positionOf(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? Number.POSITIVE_INFINITY) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function medianOf(sorted: readonly number[]): number | undefined {
  const middle = sorted.length >>> 1;
  const upper = sorted[middle];
  if (upper === undefined || sorted.length % 2 === 1) return upper;
  return ((sorted[middle - 1] ?? upper) + upper) / 2;
}
