import { cachedKey, createKeyVerifier, KEY_CACHE_PREFIX, type KeyVerifier } from "@sightline/auth/verify-key";
import type { Clock } from "@sightline/model/time";
import { findApiKey } from "@sightline/postgres/api-keys";
import type { Sql } from "@sightline/postgres/pool";
import { createCache } from "@sightline/redis/cache";
import type { Redis } from "@sightline/redis/client";

export interface AuthenticatorOptions {
  readonly sql: Sql;
  readonly redis: Redis;
  readonly clock: Clock;
}

/** Keys in this process, both good and bad. */
const MAX_KEYS = 10_000;

/** Verifies keys against Postgres, with what was learnt kept in this process and in Redis. */
export function createAuthenticator({ sql, redis, clock }: AuthenticatorOptions): KeyVerifier {
  return createKeyVerifier({
    lookup: (hash) => findApiKey(sql, hash),
    cache: createCache(redis, { prefix: KEY_CACHE_PREFIX, schema: cachedKey }),
    clock,
    maxEntries: MAX_KEYS,
  });
}
