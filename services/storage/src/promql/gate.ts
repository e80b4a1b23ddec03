/** Lets work in when it is its turn. */
export type Gate = <T>(work: () => Promise<T>) => Promise<T>;

/** Lets so many run at a time; the others wait, in the order in which they came. */
export function createGate(max: number): Gate {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    if (running >= max) await new Promise<void>((resolve) => waiting.push(resolve));
    else running++;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running--;
      else next();
    }
  };
}
