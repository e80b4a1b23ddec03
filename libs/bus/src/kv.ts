import { type KV, Kvm } from "@nats-io/kv";
import { apiErrorCode, busError } from "./bus-error.ts";
import type { Bus } from "./connect.ts";

export interface KvValue {
  readonly value: Uint8Array;
  /** Grows with every change; states which value an update replaces. */
  readonly revision: number;
  /** When it was written, by the bus' clock: milliseconds since the Unix epoch. */
  readonly writtenUnixMs: number;
}

/** What a compare-and-set came to. `conflict`: somebody else was first; read again. */
export type KvWrite = { readonly kind: "written"; readonly revision: number } | { readonly kind: "conflict" };

/** A small map that all replicas see. Keys: letters, digits and `-/_=.`. All calls throw `unavailable` in an outage. */
export interface KvBucket {
  get(key: string): Promise<KvValue | undefined>;
  /** Writes only if the key does not exist. */
  create(key: string, value: Uint8Array): Promise<KvWrite>;
  /** Writes only if the key still has the revision. */
  update(key: string, value: Uint8Array, revision: number): Promise<KvWrite>;
  /** With a revision only if the key still has it. */
  remove(key: string, revision?: number): Promise<void>;
}

/** JetStream's code for "the last sequence of this subject is another one". */
const WRONG_LAST_SEQUENCE = 10071;

export interface KvOptions {
  readonly replicas?: number;
  /** What was written so long ago is forgotten, seconds. Default: nothing is. */
  readonly maxAgeSeconds?: number;
}

/** Opens a bucket, making it if needed. */
export async function openKv(bus: Bus, bucket: string, options: KvOptions = {}): Promise<KvBucket> {
  const { replicas = 1, maxAgeSeconds = 0 } = options;
  // Reads go to the leader: a compare-and-set based on a replica's old value would only fail later.
  const kv = await attempt(`open the bucket ${bucket}`, () =>
    new Kvm(bus.jetstream).create(bucket, { replicas, history: 1, allow_direct: false, ttl: maxAgeSeconds * 1000 }),
  );
  return {
    get: (key) => attempt(`read ${bucket}/${key}`, () => get(kv, key)),
    create: (key, value) => attempt(`create ${bucket}/${key}`, () => write(() => kv.create(key, value))),
    update: (key, value, revision) =>
      attempt(`update ${bucket}/${key}`, () => write(() => kv.update(key, value, revision))),
    remove: (key, revision) => attempt(`remove ${bucket}/${key}`, () => remove(kv, key, revision)),
  };
}

async function get(kv: KV, key: string): Promise<KvValue | undefined> {
  const entry = await kv.get(key);
  if (entry === null || entry.operation !== "PUT") return undefined;
  return { value: entry.value, revision: entry.revision, writtenUnixMs: entry.created.getTime() };
}

async function write(put: () => Promise<number>): Promise<KvWrite> {
  try {
    return { kind: "written", revision: await put() };
  } catch (thrown) {
    if (apiErrorCode(thrown) === WRONG_LAST_SEQUENCE) return { kind: "conflict" };
    throw thrown;
  }
}

async function remove(kv: KV, key: string, previousSeq: number | undefined): Promise<void> {
  try {
    await kv.delete(key, previousSeq === undefined ? {} : { previousSeq });
  } catch (thrown) {
    if (apiErrorCode(thrown) !== WRONG_LAST_SEQUENCE) throw thrown;
  }
}

async function attempt<T>(doing: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (thrown) {
    throw busError(thrown, doing);
  }
}
