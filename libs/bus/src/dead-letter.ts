import { headers as createHeaders } from "@nats-io/transport-node";
import { busError } from "./bus-error.ts";
import type { Bus } from "./connect.ts";
import type { StoredMessage } from "./message.ts";
import { HEADERS, STREAMS } from "./subjects.ts";

/** Headers of a dead letter, beside those of the message itself. */
export const DEAD_LETTER_HEADERS = {
  /** Why, one word of the publisher's closed list: for metrics. */
  reason: "Sightline-Reason",
  /** The error's message. */
  error: "Sightline-Error",
  /** The subject it was published to. */
  subject: "Sightline-Subject",
  /** Its sequence there. */
  sequence: "Sightline-Sequence",
  /** Of some records of a message: where in it they begin, from 0. */
  firstRecord: "Sightline-First-Record",
} as const;

export interface DeadLetter {
  readonly message: StoredMessage;
  /** When the message has only some of the records of that which was published: where they begin in it, from 0. */
  readonly firstRecord?: number | undefined;
  readonly reason: string;
  readonly error: string;
}

/**
 * Puts a message that cannot be handled, or records of one, aside, unchanged, with the reason. Putting the same aside twice within two
 * minutes keeps one. Throws `unavailable` when the bus is, or the stream is full.
 *
 * @param incarnation of the stream it lay in, so that sequences of another stream are not taken for the same
 */
export async function publishDeadLetter(bus: Bus, letter: DeadLetter, incarnation: string): Promise<void> {
  const { message, firstRecord, reason, error } = letter;
  const headers = createHeaders();
  headers.set(HEADERS.tenant, message.tenant);
  headers.set(HEADERS.records, String(message.records));
  headers.set(HEADERS.received, String(message.receivedUnixNano));
  headers.set(DEAD_LETTER_HEADERS.reason, oneLine(reason));
  headers.set(DEAD_LETTER_HEADERS.error, oneLine(error));
  headers.set(DEAD_LETTER_HEADERS.subject, message.subject);
  headers.set(DEAD_LETTER_HEADERS.sequence, String(message.seq));
  if (firstRecord !== undefined) headers.set(DEAD_LETTER_HEADERS.firstRecord, String(firstRecord));
  const part = firstRecord === undefined ? "" : `/${firstRecord}+${message.records}`;
  const subject = `deadletter.${message.subject}`;
  try {
    await bus.jetstream.publish(subject, message.payload, {
      headers,
      msgID: `${incarnation}/${message.subject}/${message.seq}${part}`,
      timeout: 5000,
      retries: 2,
      expect: { streamName: STREAMS.deadLetter.name },
    });
  } catch (thrown) {
    throw busError(thrown, `publish to ${subject}`);
  }
}

/** A header's value may hold no line break; 512 characters tell enough. */
function oneLine(text: string): string {
  return text.replaceAll(/[\r\n]+/g, " ").slice(0, 512);
}
