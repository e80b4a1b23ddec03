import { AppError, unavailable } from "@sightline/errors/app-error";
import { createSecret, type Secret, secret } from "@sightline/service/secret";
import { Redis as Client } from "ioredis";
import { z } from "zod";

/** What a service states about Redis. */
export const redisConfig = z.strictObject({
  /** `redis://:password@host:6379`; `rediss://` asks for TLS. */
  url: secret.default(createSecret("redis://127.0.0.1:7305")),
});
export type RedisConfig = z.infer<typeof redisConfig>;

/** Where the client reports its decisions. */
export interface RedisLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/**
 * Redis, for what can be rebuilt. Every call throws `unavailable`, at once while Redis is away and within half a second
 * when it is slow: callers go on without.
 */
export interface Redis {
  get(key: string): Promise<string | undefined>;
  /** In the order of the keys. */
  getMany(keys: readonly string[]): Promise<(string | undefined)[]>;
  /** Every entry has an end. */
  set(key: string, value: string, ttlMs: number): Promise<void>;
  /** Many at once, in one round trip. */
  setMany(entries: readonly (readonly [key: string, value: string])[], ttlMs: number): Promise<void>;
  delete(...keys: string[]): Promise<void>;
  /** Adds to a counter that ends `ttlMs` after its first increment, and answers the sum. */
  increment(key: string, by: number, ttlMs: number): Promise<number>;
  /** Adds to several counters in one round trip, and answers their sums in order. */
  incrementMany(additions: readonly (readonly [key: string, by: number])[], ttlMs: number): Promise<number[]>;
  isConnected(): boolean;
  ping(): Promise<void>;
  /** Idempotent. */
  close(): Promise<void>;
}

const COMMAND_TIMEOUT_MS = 500;

/** Makes a client that connects by itself and goes on trying for ever. */
export function createRedis({ url }: { readonly url: Secret | string }, { log }: { log: RedisLog }): Redis {
  const client = new Client(typeof url === "string" ? url : url.reveal(), {
    // While it is away a command fails at once instead of waiting for its return.
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: COMMAND_TIMEOUT_MS,
    connectTimeout: 2000,
    retryStrategy: (attempt) => Math.min(attempt * 100, 2000),
  });
  let reported = false;
  client.on("error", (error: Error) => {
    if (!reported) log.warn({ error: error.message }, "redis not reachable, going on without");
    reported = true;
  });
  client.on("ready", () => {
    if (reported) log.info({}, "redis reachable again");
    reported = false;
  });
  return {
    get: async (key) => (await attempt(`read ${key}`, client.get(key))) ?? undefined,
    getMany: async (keys) => {
      if (keys.length === 0) return [];
      const values = await attempt(`read ${keys.length} keys`, client.mget(...keys));
      return values.map((value) => value ?? undefined);
    },
    set: async (key, value, ttlMs) => {
      await attempt(`write ${key}`, client.set(key, value, "PX", Math.ceil(ttlMs)));
    },
    setMany: async (entries, ttlMs) => {
      if (entries.length === 0) return;
      const pipeline = client.pipeline();
      for (const [key, value] of entries) pipeline.set(key, value, "PX", Math.ceil(ttlMs));
      firstFailure(await attempt(`write ${entries.length} keys`, pipeline.exec()));
    },
    delete: async (...keys) => {
      if (keys.length > 0) await attempt(`delete ${keys.length} keys`, client.del(...keys));
    },
    increment: async (key, by, ttlMs) => {
      const pipeline = client.pipeline().incrby(key, by).pexpire(key, Math.ceil(ttlMs), "NX");
      const [sum] = firstFailure(await attempt(`add to ${key}`, pipeline.exec()));
      return Number(sum);
    },
    incrementMany: async (additions, ttlMs) => {
      if (additions.length === 0) return [];
      const pipeline = client.pipeline();
      for (const [key, by] of additions) pipeline.incrby(key, by).pexpire(key, Math.ceil(ttlMs), "NX");
      const results = firstFailure(await attempt(`add to ${additions.length} keys`, pipeline.exec()));
      return results.filter((_, at) => at % 2 === 0).map(Number);
    },
    isConnected: () => client.status === "ready",
    ping: async () => {
      await attempt("reach redis", client.ping());
    },
    close: async () => {
      client.disconnect();
    },
  };
}

async function attempt<T>(doing: string, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (thrown) {
    throw unavailable(`cannot ${doing}: ${AppError.from(thrown).message}`, { cause: thrown });
  }
}

/** The answers of a pipeline, which reports errors per command. */
function firstFailure(results: [error: Error | null, value: unknown][] | null): unknown[] {
  return (results ?? []).map(([error, value]) => {
    if (error !== null) throw unavailable(`cannot write to redis: ${error.message}`, { cause: error });
    return value;
  });
}
