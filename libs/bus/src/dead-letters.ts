import { type Consumer, JsHeaders, type JsMsg } from "@nats-io/jetstream";
import type { MsgHdrs } from "@nats-io/transport-node";
import { unavailable } from "@sightline/errors/app-error";
import { apiErrorCode, busError } from "./bus-error.ts";
import type { Bus } from "./connect.ts";
import { DEAD_LETTER_HEADERS } from "./dead-letter.ts";
import { readMessage } from "./message.ts";
import { streamState } from "./streams.ts";
import { STREAMS } from "./subjects.ts";

/** What is known of a dead letter without its payload. */
export interface DeadLetterHead {
  /** Its sequence among the dead letters. */
  readonly seq: number;
  /** When it was put aside, nanoseconds since the Unix epoch. */
  readonly timeUnixNano: bigint;
  /** Whose records these are; "" when the message did not say. */
  readonly tenant: string;
  /** How many records its publisher counted. */
  readonly records: number;
  readonly reason: string;
  readonly error: string;
  /** Where it was published, and its sequence there. */
  readonly subject: string;
  readonly subjectSeq: number;
  /** When only these records of the message were put aside: where they begin in it, from 0. */
  readonly firstRecord: number | undefined;
  /** Of the payload. */
  readonly bytes: number;
}

export interface DeadLetterWithPayload {
  readonly head: DeadLetterHead;
  readonly payload: Uint8Array;
}

export interface DeadLetterRange {
  /** The first sequence wanted; what is gone is passed over. */
  readonly startSeq: number;
  /** So many are looked at, at most. */
  readonly maxLetters: number;
  /** How long the server may take, milliseconds, at least 1000. Default 5000: for a few headers it reads whole letters. */
  readonly waitMs?: number;
}

export interface DeadLetterPage {
  readonly heads: readonly DeadLetterHead[];
  /** Where to go on; undefined when these were the last. */
  readonly nextSeq: number | undefined;
}

const LIST_WAIT_MS = 5000;
/** So much later the client gives up by itself: it may not hear the server any more. */
const WAIT_GRACE_MS = 1000;
/** JetStream's codes for "no message found" and for a sequence that was deleted. */
const GONE = new Set([10037, 10043]);

/**
 * The dead letters from a sequence on, oldest first, without their payloads: as many as were asked for, or as the bus
 * gave in time. Throws `unavailable` when it gave none of those it has.
 */
export async function listDeadLetters(bus: Bus, range: DeadLetterRange): Promise<DeadLetterPage> {
  const { startSeq, maxLetters, waitMs = LIST_WAIT_MS } = range;
  try {
    // A consumer finds nothing beyond the end, which a fetch would wait for.
    const { firstSeq, lastSeq, messages } = await streamState(bus, "deadLetter");
    const from = Math.max(1, startSeq, firstSeq);
    if (messages === 0 || from > lastSeq) return { heads: [], nextSeq: undefined };
    const options = { opt_start_seq: from, headers_only: true, inactive_threshold: 10_000 };
    const consumer = await bus.jetstream.consumers.get(STREAMS.deadLetter.name, options);
    const { num_pending: pending } = await consumer.info();
    const wanted = Math.min(maxLetters, pending);
    const heads = wanted === 0 ? [] : await fetchHeads(consumer, wanted, waitMs);
    // A slow server is not asked for more: it removes the consumer by itself.
    if (heads.length === wanted) await consumer.delete();
    const last = heads.at(-1);
    if (heads.length === pending) return { heads, nextSeq: undefined };
    if (last !== undefined) return { heads, nextSeq: last.seq + 1 };
    throw unavailable(
      `cannot list the dead letters from ${startSeq}: the bus gave none of ${pending} within ${waitMs} ms`,
    );
  } catch (thrown) {
    throw busError(thrown, `list the dead letters from ${startSeq}`);
  }
}

/** So many heads, or those that came in time. */
async function fetchHeads(consumer: Consumer, wanted: number, waitMs: number): Promise<DeadLetterHead[]> {
  const heads: DeadLetterHead[] = [];
  const messages = await consumer.fetch({ max_messages: wanted, expires: waitMs });
  const late = setTimeout(() => messages.stop(), waitMs + WAIT_GRACE_MS);
  try {
    for await (const message of messages) {
      heads.push(headOf(message));
      if (heads.length === wanted) break;
    }
  } finally {
    clearTimeout(late);
  }
  return heads;
}

function headOf(message: JsMsg): DeadLetterHead {
  return headFrom({
    seq: message.seq,
    timeUnixNano: message.timestampNanos,
    headers: message.headers,
    bytes: Number(message.headers?.get(JsHeaders.MessageSizeHdr) ?? message.data.length),
  });
}

interface RawHead {
  readonly seq: number;
  readonly timeUnixNano: bigint;
  readonly headers: MsgHdrs | undefined;
  readonly bytes: number;
}

function headFrom({ seq, timeUnixNano, headers, bytes }: RawHead): DeadLetterHead {
  const header = (name: string) => headers?.get(name) ?? "";
  const original = readMessage({
    subject: header(DEAD_LETTER_HEADERS.subject),
    data: new Uint8Array(0),
    seq: Number(header(DEAD_LETTER_HEADERS.sequence)) || 0,
    headers,
    storedUnixNano: timeUnixNano,
  });
  return {
    seq,
    timeUnixNano,
    tenant: original.tenant,
    records: original.records,
    reason: header(DEAD_LETTER_HEADERS.reason),
    error: header(DEAD_LETTER_HEADERS.error),
    subject: original.subject,
    subjectSeq: original.seq,
    firstRecord: headers?.has(DEAD_LETTER_HEADERS.firstRecord)
      ? Number(header(DEAD_LETTER_HEADERS.firstRecord))
      : undefined,
    bytes,
  };
}

/** One dead letter; undefined when there is none of that sequence. Throws `unavailable` when the bus is. */
export async function getDeadLetter(bus: Bus, seq: number): Promise<DeadLetterWithPayload | undefined> {
  return (await readStoredLetter(bus, seq))?.letter;
}

/** One dead letter with all its headers, as `getDeadLetter`. */
export async function readStoredLetter(bus: Bus, seq: number) {
  try {
    const stored = await bus.manager.streams.getMessage(STREAMS.deadLetter.name, { seq });
    if (stored === null) return undefined;
    const { header: headers, data: payload, time } = stored;
    const timeUnixNano = BigInt(time.getTime()) * 1_000_000n;
    return { headers, letter: { head: headFrom({ seq, timeUnixNano, headers, bytes: payload.length }), payload } };
  } catch (thrown) {
    if (GONE.has(apiErrorCode(thrown) ?? 0)) return undefined;
    throw busError(thrown, `read the dead letter ${seq}`);
  }
}

/** Removes a dead letter; one that is gone already counts as removed. Throws `unavailable` when the bus is. */
export async function deleteDeadLetter(bus: Bus, seq: number): Promise<void> {
  try {
    await bus.manager.streams.deleteMessage(STREAMS.deadLetter.name, seq, false);
  } catch (thrown) {
    if ((await readStoredLetter(bus, seq)) !== undefined) throw busError(thrown, `remove the dead letter ${seq}`);
  }
}
