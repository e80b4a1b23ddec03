import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError, type ErrorCode } from "@sightline/errors/app-error";
import { createApiKey } from "./api-key.ts";
import { type ApiKeyRecord, type CachedKey, createKeyVerifier } from "./verify-key.ts";

const { key, hash } = createApiKey("ingest");
const record: ApiKeyRecord = { keyId: "k1", tenant: "acme", scopes: ["ingest"] };

/** A store that can be away, and a shared cache. */
function setUp() {
  const state = { now: 1_000_000, away: false, lookups: 0, records: new Map([[hash, record]]) };
  const shared = new Map<string, CachedKey>();
  const sharedForMs = new Map<string, number>();
  const options = {
    lookup: async (wanted: string) => {
      state.lookups++;
      if (state.away) throw new Error("connection refused");
      return state.records.get(wanted);
    },
    cache: {
      get: async (wanted: string) => shared.get(wanted),
      set: async (wanted: string, value: CachedKey, ttlMs: number) => {
        shared.set(wanted, value);
        sharedForMs.set(wanted, ttlMs);
      },
    },
    clock: () => state.now,
    maxEntries: 100,
    ttlMs: 15_000,
    negativeTtlMs: 10_000,
    maxStaleMs: 300_000,
  };
  return { state, shared, sharedForMs, options, verifier: createKeyVerifier(options) };
}

function refusal(code: ErrorCode) {
  return (thrown: unknown) => thrown instanceof AppError && thrown.code === code;
}

test("a known key names its tenant, with one question for many requests", async () => {
  const { state, verifier } = setUp();
  const answers = await Promise.all(Array.from({ length: 10 }, () => verifier.verify(key, "ingest")));
  assert.deepEqual(answers[9], record);
  await verifier.verify(key, "ingest");
  assert.equal(state.lookups, 1);
});

test("what is missing, malformed, unknown or for something else is told apart", async () => {
  const { state, verifier } = setUp();
  await assert.rejects(verifier.verify(undefined, "ingest"), /missing/);
  await assert.rejects(verifier.verify("sl_ingest_tooshort", "ingest"), /malformed/);
  assert.equal(state.lookups, 0);
  await assert.rejects(verifier.verify(createApiKey("ingest").key, "ingest"), refusal("unauthenticated"));
  await assert.rejects(verifier.verify(key, "query"), refusal("permission_denied"));
});

test("an unknown key stays unknown for a while, a revoked one stops within the time to live", async () => {
  const { state, verifier } = setUp();
  const other = createApiKey("ingest");
  await assert.rejects(verifier.verify(other.key, "ingest"));
  await assert.rejects(verifier.verify(other.key, "ingest"));
  assert.equal(state.lookups, 1);
  state.records.set(other.hash, record);
  state.now += 10_000;
  await verifier.verify(other.key, "ingest");
  state.records.delete(other.hash);
  state.now += 14_999;
  await verifier.verify(other.key, "ingest");
  state.now += 1;
  await assert.rejects(verifier.verify(other.key, "ingest"), refusal("unauthenticated"));
});

test("a known key is shared for as long as it may outlive the store, an unknown one while it holds", async () => {
  const { sharedForMs, verifier } = setUp();
  const other = createApiKey("ingest");
  await verifier.verify(key, "ingest");
  await assert.rejects(verifier.verify(other.key, "ingest"));
  assert.deepEqual([sharedForMs.get(hash), sharedForMs.get(other.hash)], [300_000, 10_000]);
});

test("another process' answer is used", async () => {
  const { state, options, verifier } = setUp();
  await verifier.verify(key, "ingest");
  await createKeyVerifier(options).verify(key, "ingest");
  assert.equal(state.lookups, 1);
});

test("while the store is away known keys go on for five minutes, also in a new process, unknown ones are unavailable", async () => {
  const { state, options, verifier } = setUp();
  await verifier.verify(key, "ingest");
  state.away = true;
  state.now += 100_000;
  assert.deepEqual(await verifier.verify(key, "ingest"), record);
  assert.deepEqual(await createKeyVerifier(options).verify(key, "ingest"), record);
  await assert.rejects(verifier.verify(createApiKey("ingest").key, "ingest"), refusal("unavailable"));
  state.now += 200_000;
  await assert.rejects(verifier.verify(key, "ingest"), refusal("unavailable"));
  state.away = false;
  assert.deepEqual(await verifier.verify(key, "ingest"), record);
});

test("while the store is away it is asked at most once a second for known keys", async () => {
  const { state, verifier } = setUp();
  await verifier.verify(key, "ingest");
  state.away = true;
  state.now += 100_000;
  for (let index = 0; index < 20; index++) await verifier.verify(key, "ingest");
  assert.equal(state.lookups, 2);
  state.now += 1000;
  await verifier.verify(key, "ingest");
  assert.equal(state.lookups, 3);
});

test("a slow store holds up the first requests with a known key a little, and no others", async () => {
  const { state, options } = setUp();
  const hanging = Promise.withResolvers<ApiKeyRecord>();
  let slow = false;
  const verifier = createKeyVerifier({
    ...options,
    lookup: (wanted) => (slow ? hanging.promise : options.lookup(wanted)),
    patienceMs: 100,
  });
  await verifier.verify(key, "ingest");
  slow = true;
  state.now += 20_000;
  const startedAt = performance.now();
  for (let index = 0; index < 100; index++) assert.deepEqual(await verifier.verify(key, "ingest"), record);
  assert.ok(performance.now() - startedAt < 5000, "one hundred times the patience is 10 s");
  hanging.resolve(record);
});
