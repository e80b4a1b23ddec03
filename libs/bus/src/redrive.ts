import { JetStreamApiError } from "@nats-io/jetstream";
import { headers as createHeaders } from "@nats-io/transport-node";
import { AppError, unavailable } from "@sightline/errors/app-error";
import { busError } from "./bus-error.ts";
import type { Bus } from "./connect.ts";
import { deleteDeadLetter, readStoredLetter } from "./dead-letters.ts";
import { type KvBucket, openKv } from "./kv.ts";
import { DUPLICATE_WINDOW_MS, streamState } from "./streams.ts";
import { HEADERS, STREAMS } from "./subjects.ts";

/** Sends dead letters again. */
export interface Redrive {
  /**
   * Publishes a letter's message again, unchanged, where it came from, and removes the letter. Any number of callers may
   * try the same one: the bus has it once. Where an attempt broke off so long ago that the bus would not know the message
   * again, it is not told apart from one that arrived: that throws `failed_precondition` unless `evenIfTwice`. Throws
   * `unavailable` when the bus is; the same may be tried again.
   *
   * @returns the message's new sequence; undefined when there is no such letter
   */
  redrive(seq: number, options: { readonly evenIfTwice: boolean }): Promise<number | undefined>;
}

export interface RedriveOptions {
  readonly replicas: number;
  /** How long ago an attempt may have begun that is simply repeated. Default: half of what the bus remembers. */
  readonly repeatWithinMs?: number;
}

/** Which letters somebody began to send, by incarnation and sequence; the value is when, if not when it was written. */
const MARKS_BUCKET = "redrives";
/** Between the mark and the message no more may pass: others may have gone on from the mark since. */
const MAX_DELAY_MS = DUPLICATE_WINDOW_MS / 4;
const MAX_TRIES = 5;

/** Opens what tells of redrives that broke off, which every process sees. */
export async function openRedrive(bus: Bus, options: RedriveOptions): Promise<Redrive> {
  const { replicas, repeatWithinMs = DUPLICATE_WINDOW_MS / 2 } = options;
  const { maxAgeSeconds } = STREAMS.deadLetter;
  const marks = await openKv(bus, MARKS_BUCKET, { replicas, maxAgeSeconds });
  return {
    redrive: async (seq, { evenIfTwice }) => {
      const { incarnation } = await streamState(bus, "deadLetter");
      // What the bus calls a message; a key may have no colons.
      const id = `redrive/${incarnation.replaceAll(":", "-")}/${seq}`;
      const startedAt = performance.now();
      const begun = await begin(marks, id);
      const found = await readStoredLetter(bus, seq);
      if (found === undefined) {
        await marks.remove(id);
        return undefined;
      }
      if (begun.agoMs > repeatWithinMs && !evenIfTwice) throw brokenOff(seq, begun.unixMs);
      if (performance.now() - startedAt > MAX_DELAY_MS)
        throw unavailable(`cannot publish the dead letter ${seq}: late`);
      const published = await publish(bus, found, id).catch(async (thrown: unknown) => {
        // What was refused has not arrived, so that nothing broke off.
        if (thrown instanceof JetStreamApiError && begun.revision !== undefined) await marks.remove(id, begun.revision);
        throw busError(thrown, `publish the dead letter ${seq} to ${found.letter.head.subject}`);
      });
      await deleteDeadLetter(bus, seq);
      await marks.remove(id);
      return published;
    },
  };
}

interface Begun {
  /** When the first attempt that is not known to have ended began, by the bus' clock. */
  readonly unixMs: number;
  /** How long that is ago by the same clock; 0 when it is this one. */
  readonly agoMs: number;
  /** Of the mark, when it is this one. */
  readonly revision?: number;
}

async function begin(marks: KvBucket, id: string): Promise<Begun> {
  for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
    const made = await marks.create(id, new Uint8Array(0));
    if (made.kind === "written") return { unixMs: 0, agoMs: 0, revision: made.revision };
    const before = await marks.get(id);
    if (before === undefined) continue;
    const unixMs = Number(Buffer.from(before.value).toString()) || before.writtenUnixMs;
    // Written to learn what time it is for the bus.
    const touched = await marks.update(id, Buffer.from(String(unixMs)), before.revision);
    const now = await marks.get(id);
    if (touched.kind === "written" && now !== undefined) return { unixMs, agoMs: now.writtenUnixMs - unixMs };
  }
  throw unavailable("cannot publish a dead letter: too many others are sending the same one again");
}

function brokenOff(seq: number, unixMs: number): AppError {
  return new AppError(
    "failed_precondition",
    `cannot send the dead letter ${seq} again: that began at ${new Date(unixMs).toISOString()} and broke off, ` +
      "so its records may be stored already and would be twice",
  );
}

type StoredLetter = NonNullable<Awaited<ReturnType<typeof readStoredLetter>>>;

async function publish(bus: Bus, { headers: stored, letter }: StoredLetter, msgID: string): Promise<number> {
  const headers = createHeaders();
  for (const name of Object.values(HEADERS)) {
    if (stored.has(name)) headers.set(name, stored.get(name));
  }
  const options = { headers, msgID, timeout: 5000, retries: 2 };
  return (await bus.jetstream.publish(letter.head.subject, letter.payload, options)).seq;
}
