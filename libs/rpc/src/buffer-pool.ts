/** Memory for a message, from a pool. */
export interface PooledBuffer {
  /** Of the length asked for; holds whatever was there before. */
  readonly bytes: Buffer;
  /** Gives it back. Only when nobody can look at it any more; without this it is garbage like any other. */
  giveBack(): void;
}

/** Large buffers that are used again: fresh ones cost page faults and full garbage collections. */
export interface BufferPool {
  take(bytes: number): PooledBuffer;
}

const MIN_SIZE = 64 * 1024;
const MAX_SIZE = 8 * 1024 * 1024;

/** A pool that keeps at most so many bytes for later. Sizes are powers of two; very small and very large ones are not kept. */
export function createBufferPool(maxKeptBytes: number): BufferPool {
  const free = new Map<number, ArrayBuffer[]>();
  let keptBytes = 0;
  return {
    take: (bytes) => {
      if (bytes > MAX_SIZE) return { bytes: Buffer.allocUnsafeSlow(bytes), giveBack: () => undefined };
      const size = 2 ** Math.ceil(Math.log2(Math.max(bytes, MIN_SIZE)));
      const reused = free.get(size)?.pop();
      if (reused !== undefined) keptBytes -= size;
      const memory = reused ?? Buffer.allocUnsafeSlow(size).buffer;
      let given = false;
      return {
        bytes: Buffer.from(memory, 0, bytes),
        giveBack: () => {
          if (given || keptBytes + size > maxKeptBytes) return;
          given = true;
          keptBytes += size;
          const others = free.get(size);
          if (others === undefined) free.set(size, [memory]);
          else others.push(memory);
        },
      };
    },
  };
}
