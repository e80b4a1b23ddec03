/** Lets only so many of a kind do something at a time; the others wait in their order. */
export interface Lanes {
  /** Runs the work when there is room in the key's lane. */
  run<T>(key: string, work: () => Promise<T>): Promise<T>;
}

interface Lane {
  running: number;
  readonly waiting: (() => void)[];
}

/** Makes lanes that are `width` wide each. A lane is forgotten when nobody is in it. */
export function createLanes(width: number): Lanes {
  const lanes = new Map<string, Lane>();

  const leave = (key: string, lane: Lane): void => {
    const next = lane.waiting.shift();
    // Who waits takes the place over: it is never free in between.
    if (next !== undefined) next();
    else {
      lane.running -= 1;
      if (lane.running === 0) lanes.delete(key);
    }
  };

  return {
    async run(key, work) {
      const lane = lanes.get(key) ?? { running: 0, waiting: [] };
      lanes.set(key, lane);
      if (lane.running < width) lane.running += 1;
      else await new Promise<void>((resolve) => lane.waiting.push(resolve));
      try {
        return await work();
      } finally {
        leave(key, lane);
      }
    },
  };
}
