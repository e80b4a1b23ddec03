import type { z } from "zod";
import type { Redis } from "./client.ts";

/** Values of one kind, kept for a while, shared by all replicas. Never throws: an outage is a miss. */
export interface Cache<T> {
  /** Undefined when absent, unreadable, or Redis is away. */
  get(key: string): Promise<T | undefined>;
  set(key: string, value: T, ttlMs: number): Promise<void>;
  delete(key: string): Promise<void>;
}

export interface CacheOptions<T> {
  /** Before every key, with the version of the value's form: `apikey:1:`. */
  readonly prefix: string;
  /** What a value must look like after JSON. */
  readonly schema: z.ZodType<T>;
}

/** A cache of JSON values. */
export function createCache<T>(redis: Redis, { prefix, schema }: CacheOptions<T>): Cache<T> {
  return {
    get: async (key) => {
      const text = await redis.get(prefix + key).catch(() => undefined);
      if (text === undefined) return undefined;
      return parse(text, schema);
    },
    set: (key, value, ttlMs) => redis.set(prefix + key, JSON.stringify(value), ttlMs).catch(() => undefined),
    delete: (key) => redis.delete(prefix + key).catch(() => undefined),
  };
}

function parse<T>(text: string, schema: z.ZodType<T>): T | undefined {
  try {
    const result = schema.safeParse(JSON.parse(text));
    return result.success ? result.data : undefined;
  } catch {
    // Somebody else's value under our key: the same as none.
    return undefined;
  }
}
