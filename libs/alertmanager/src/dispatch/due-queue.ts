/** Something that is due at a time. Its `dueMs` and `slot` are the queue's to set. */
export interface Queued {
  dueMs: number;
  /** Decides between what is due at the same time: smaller ones come first. */
  readonly rank: number;
  /** Its place in the queue, -1 while it is in none. */
  slot: number;
}

/** A binary heap of what is due when. Everything it does takes logarithmic time at most. */
export interface DueQueue<T extends Queued> {
  /** Sets when an item is due; it comes into the queue if it is not there. */
  set(item: T, dueMs: number): void;
  remove(item: T): void;
  /** What is due first. */
  first(): T | undefined;
}

/** Makes an empty queue. */
export function createDueQueue<T extends Queued>(): DueQueue<T> {
  const heap: T[] = [];

  function put(item: T, slot: number): void {
    heap[slot] = item;
    item.slot = slot;
  }

  function rise(item: T): void {
    let slot = item.slot;
    while (slot > 0) {
      const parent = heap[(slot - 1) >> 1];
      if (parent === undefined || before(parent, item)) break;
      const above = parent.slot;
      put(parent, slot);
      slot = above;
    }
    put(item, slot);
  }

  function sink(item: T): void {
    let slot = item.slot;
    while (true) {
      const left = heap[2 * slot + 1];
      const right = heap[2 * slot + 2];
      const child = left !== undefined && right !== undefined && before(right, left) ? right : left;
      if (child === undefined || before(item, child)) break;
      const below = child.slot;
      put(child, slot);
      slot = below;
    }
    put(item, slot);
  }

  return {
    set(item, dueMs) {
      item.dueMs = dueMs;
      if (item.slot < 0) put(item, heap.length);
      rise(item);
      sink(item);
    },

    remove(item) {
      const { slot } = item;
      if (slot < 0) return;
      item.slot = -1;
      const last = heap.pop();
      if (last === undefined || last === item) return;
      put(last, slot);
      rise(last);
      sink(last);
    },

    first: () => heap[0],
  };
}

function before(a: Queued, b: Queued): boolean {
  return a.dueMs === b.dueMs ? a.rank < b.rank : a.dueMs < b.dueMs;
}
