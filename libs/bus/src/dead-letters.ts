import { JsHeaders, type JsMsg } from "@nats-io/jetstream";
import { headers as createHeaders, type MsgHdrs } from "@nats-io/transport-node";
import { apiErrorCode, busError } from "./bus-error.ts";
import type { Bus } from "./connect.ts";
import { DEAD_LETTER_HEADERS } from "./dead-letter.ts";
import { readMessage } from "./message.ts";
import { streamState } from "./streams.ts";
import { HEADERS, STREAMS } from "./subjects.ts";

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
}

/** How long the server may take to begin answering, milliseconds. */
const FETCH_EXPIRES_MS = 5000;
/** JetStream's codes for "no message found" and for a sequence that was deleted. */
const GONE = new Set([10037, 10043]);

/** The dead letters from a sequence on, oldest first, without their payloads. Throws `unavailable` when the bus is. */
export async function listDeadLetters(bus: Bus, { startSeq, maxLetters }: DeadLetterRange): Promise<DeadLetterHead[]> {
  const { name } = STREAMS.deadLetter;
  const found: DeadLetterHead[] = [];
  try {
    // A consumer finds nothing beyond the end, which a fetch would wait for.
    const { firstSeq, lastSeq, messages } = await streamState(bus, "deadLetter");
    const from = Math.max(1, startSeq, firstSeq);
    if (messages === 0 || from > lastSeq) return [];
    const options = { opt_start_seq: from, headers_only: true, inactive_threshold: 10_000 };
    const consumer = await bus.jetstream.consumers.get(name, options);
    const { num_pending: pending } = await consumer.info();
    const wanted = Math.min(maxLetters, pending);
    if (wanted > 0) {
      for await (const message of await consumer.fetch({ max_messages: wanted, expires: FETCH_EXPIRES_MS })) {
        found.push(headOf(message));
        if (found.length === wanted) break;
      }
    }
    await consumer.delete();
    return found;
  } catch (thrown) {
    throw busError(thrown, `list the dead letters from ${startSeq}`);
  }
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
    bytes,
  };
}

/** One dead letter; undefined when there is none of that sequence. Throws `unavailable` when the bus is. */
export async function getDeadLetter(bus: Bus, seq: number): Promise<DeadLetterWithPayload | undefined> {
  return (await readStored(bus, seq))?.letter;
}

async function readStored(bus: Bus, seq: number) {
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

/**
 * Publishes a dead letter's message again, unchanged, where it came from, and removes the letter. Publishing the same
 * twice within two minutes keeps one, so that an attempt whose answer was lost can be repeated.
 *
 * @returns the message's new sequence; undefined when there is no such letter
 */
export async function redriveDeadLetter(bus: Bus, seq: number): Promise<number | undefined> {
  const found = await readStored(bus, seq);
  if (found === undefined) return undefined;
  const { head, payload } = found.letter;
  const headers = createHeaders();
  for (const name of Object.values(HEADERS)) {
    if (found.headers.has(name)) headers.set(name, found.headers.get(name));
  }
  try {
    const { incarnation } = await streamState(bus, "deadLetter");
    const options = { headers, msgID: `redrive/${incarnation}/${seq}`, timeout: 5000, retries: 2 };
    const published = await bus.jetstream.publish(head.subject, payload, options);
    await removeLetter(bus, seq);
    return published.seq;
  } catch (thrown) {
    throw busError(thrown, `publish the dead letter ${seq} to ${head.subject}`);
  }
}

/** Also when somebody else who sent it again at the same moment was first. */
async function removeLetter(bus: Bus, seq: number): Promise<void> {
  try {
    await bus.manager.streams.deleteMessage(STREAMS.deadLetter.name, seq, false);
  } catch (thrown) {
    if ((await readStored(bus, seq)) !== undefined) throw thrown;
  }
}
