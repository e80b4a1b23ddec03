/** What came in live and waits to be shown, newest first, bounded. */
export interface LiveBuffer<T> {
  /** Takes one item; one whose key is known already is left out. */
  push(item: T): void;
  /** Everything that waits, newest first, and takes it out. */
  take(): readonly T[];
  /** How many wait. */
  size(): number;
  /** How many were thrown away, oldest first, because more than the bound waited. */
  dropped(): number;
  /** Forgets everything, the count of dropped ones too. */
  clear(): void;
}

/** Makes a buffer that keeps at most `maxItems`; when full the oldest goes. */
export function createLiveBuffer<T>(maxItems: number, keyOf: (item: T) => string): LiveBuffer<T> {
  let items: T[] = [];
  let keys = new Set<string>();
  let droppedCount = 0;
  return {
    push(item) {
      const key = keyOf(item);
      if (keys.has(key)) return;
      keys.add(key);
      items.push(item);
      if (items.length <= maxItems) return;
      const oldest = items.shift();
      if (oldest !== undefined) keys.delete(keyOf(oldest));
      droppedCount += 1;
    },
    take() {
      const taken = items.reverse();
      items = [];
      keys = new Set();
      return taken;
    },
    size: () => items.length,
    dropped: () => droppedCount,
    clear() {
      items = [];
      keys = new Set();
      droppedCount = 0;
    },
  };
}
