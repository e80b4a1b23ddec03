import { AppError, unavailable } from "@sightline/errors/app-error";
import type { Clock } from "@sightline/model/time";
import { LRUCache } from "lru-cache";
import { z } from "zod";
import { hashApiKey, isApiKey, SCOPES, type Scope } from "./api-key.ts";

/** What the store knows of a key. */
export interface ApiKeyRecord {
  readonly keyId: string;
  readonly tenant: string;
  readonly scopes: readonly Scope[];
}

/** Who is asking. */
export type Principal = ApiKeyRecord;

/** An answer of the store and when it was given; `record` is absent for a key that does not exist or is revoked. */
export const cachedKey = z.object({
  record: z.object({ keyId: z.string(), tenant: z.string(), scopes: z.array(z.enum(SCOPES)) }).optional(),
  /** Milliseconds since the Unix epoch. */
  checkedAtMs: z.number(),
});
export type CachedKey = z.infer<typeof cachedKey>;

/** Where processes share what they know of keys; whoever revokes a key deletes what is there under its hash. */
export const KEY_CACHE_PREFIX = "apikey:1:";

export interface KeyVerifierOptions {
  /** Asks the store by the key's hash; throws when it cannot be asked. Undefined: no such key, or revoked. */
  lookup(hash: string): Promise<ApiKeyRecord | undefined>;
  /** Answers shared with other processes. Must not throw. */
  readonly cache?: {
    get(hash: string): Promise<CachedKey | undefined>;
    set(hash: string, value: CachedKey, ttlMs: number): Promise<void>;
  };
  readonly clock: Clock;
  /** Keys remembered in this process, good and bad ones; the least used go first. */
  readonly maxEntries: number;
  /** How long an answer holds: a revoked key works at most this long. Default 15 s. */
  readonly ttlMs?: number;
  /** How long an unknown key stays unknown. Default 10 s. */
  readonly negativeTtlMs?: number;
  /** How long a known key goes on working while the store is away. Default 5 min. */
  readonly maxStaleMs?: number;
  /** How long the first requests with a known key wait for a slow store; the others do not. Default 500 ms. */
  readonly patienceMs?: number;
}

export interface KeyVerifier {
  /**
   * Who the key belongs to. Throws `unauthenticated` (missing, malformed, unknown, revoked), `permission_denied` (not
   * for this scope) or `unavailable` (never seen, and the store is away).
   */
  verify(key: string | undefined, scope: Scope): Promise<Principal>;
}

/** A question on its way to the store. */
interface Asking {
  readonly answer: Promise<CachedKey>;
  /** Somebody has waited for the answer in vain. */
  isSlow: boolean;
}

/** After a failed attempt, requests with known keys do not even try for this long. */
const RETRY_MS = 1000;

/** Verifies keys: this process's memory first, then the shared cache, then the store; one question per key at a time. */
export function createKeyVerifier(options: KeyVerifierOptions): KeyVerifier {
  const { clock, ttlMs = 15_000, negativeTtlMs = 10_000, maxStaleMs = 300_000 } = options;
  const known = new LRUCache<string, CachedKey>({ max: options.maxEntries });
  const asking = new LRUCache<string, Asking>({ max: options.maxEntries });
  const storeState = { failedAtMs: Number.NEGATIVE_INFINITY };

  const holds = (entry: CachedKey): boolean =>
    clock() - entry.checkedAtMs < (entry.record === undefined ? negativeTtlMs : ttlMs);
  const usableWhileAway = (entry: CachedKey | undefined): entry is CachedKey =>
    entry?.record !== undefined && clock() - entry.checkedAtMs < maxStaleMs;

  const remember = (hash: string, entry: CachedKey): CachedKey => {
    known.set(hash, entry);
    return entry;
  };

  const ask = async (hash: string): Promise<CachedKey> => {
    const shared = await options.cache?.get(hash);
    if (shared !== undefined && holds(shared)) return remember(hash, shared);
    try {
      const record = await options.lookup(hash);
      const entry: CachedKey = {
        ...(record === undefined ? {} : { record: { ...record, scopes: [...record.scopes] } }),
        checkedAtMs: clock(),
      };
      // What is unknown is of no use once it no longer holds, and anybody can make up keys.
      await options.cache?.set(hash, entry, record === undefined ? negativeTtlMs : maxStaleMs);
      return remember(hash, entry);
    } catch (thrown) {
      storeState.failedAtMs = clock();
      if (usableWhileAway(shared)) return remember(hash, shared);
      const { message } = AppError.from(thrown);
      throw unavailable(`cannot check the API key: ${message}`, { cause: thrown });
    }
  };

  const askOnce = (hash: string): Asking => {
    const running = asking.get(hash);
    if (running !== undefined) return running;
    const started = { answer: ask(hash).finally(() => asking.delete(hash)), isSlow: false };
    asking.set(hash, started);
    return started;
  };

  const find = async (hash: string): Promise<CachedKey> => {
    const entry = known.get(hash);
    if (entry !== undefined && holds(entry)) return entry;
    if (!usableWhileAway(entry)) return askOnce(hash).answer;
    if (clock() - storeState.failedAtMs < RETRY_MS) return entry;
    return patiently(askOnce(hash), entry, options.patienceMs ?? 500);
  };

  return {
    verify: async (key, scope) => {
      if (key === undefined || key === "")
        throw refused("an API key is missing: send it as authorization: Bearer <key>");
      if (!isApiKey(key)) throw refused("the API key is malformed: it is cut off or mistyped");
      const { record } = await find(hashApiKey(key));
      if (record === undefined) throw refused("the API key is unknown or revoked");
      if (!record.scopes.includes(scope)) {
        const message = `the API key has not the scope ${scope}: it has ${record.scopes.join(", ")}`;
        throw new AppError("permission_denied", message);
      }
      return record;
    },
  };
}

function refused(message: string): AppError {
  return new AppError("unauthenticated", message);
}

/** The answer, or after some patience (or when there is none, or others have waited already) the older one. */
async function patiently(asked: Asking, older: CachedKey, patienceMs: number): Promise<CachedKey> {
  if (asked.isSlow) return older;
  let timer: NodeJS.Timeout | undefined;
  const enough = new Promise<CachedKey>((resolve) => {
    timer = setTimeout(() => {
      asked.isSlow = true;
      resolve(older);
    }, patienceMs);
  });
  try {
    return await Promise.race([asked.answer.catch(() => older), enough]);
  } finally {
    clearTimeout(timer);
  }
}
