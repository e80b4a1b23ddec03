import { headers as createHeaders, type MsgHdrs } from "@nats-io/transport-node";
import { AppError, unavailable } from "@sightline/errors/app-error";
import { busError } from "./bus-error.ts";
import type { Bus } from "./connect.ts";
import { HEADERS, type Service, STREAMS, SUBJECTS, type SubjectKey } from "./subjects.ts";

export interface PublishOptions {
  readonly tenant: string;
  /** How many records the payload holds. */
  readonly records: number;
  /** Which shard of the subject; 0 where the subject has none. */
  readonly shard?: number;
  /** Names the content: publishing the same again within two minutes is recognised and kept once. */
  readonly msgId: string;
  /** When the records reached us, nanoseconds since the Unix epoch. */
  readonly receivedUnixNano?: bigint;
}

export interface Published {
  readonly stream: string;
  readonly seq: number;
  /** The bus had it already. */
  readonly duplicate: boolean;
}

/** Publishes to one subject. May be called concurrently; the payload must not change until the promise settles. */
export interface Publisher {
  /**
   * Resolves when the stream holds the message. Throws `unavailable` when the bus is away, full or slow, or too much is
   * in flight; `too_large` when the server takes no message of that size; `cancelled` by the signal, in which case the
   * message may still arrive.
   */
  publish(payload: Uint8Array, options: PublishOptions, signal?: AbortSignal): Promise<Published>;
  /** Bytes published and not yet acknowledged. */
  inFlightBytes(): number;
  /** The longest payload that the connected server takes. */
  maxMessageBytes(): number;
}

export interface PublisherOptions {
  /** Which service publishes; it must be the one the table names. */
  readonly as: Service;
  /** Above this many unacknowledged bytes a publish is refused at once. */
  readonly maxInFlightBytes: number;
  /**
   * How long the server may take to acknowledge, milliseconds. Default 4000: with the second attempt that is less than
   * the 10 s that OTLP exporters wait.
   */
  readonly timeoutMs?: number;
  /** How often a message is offered, the message id keeping it single. Default 2. */
  readonly attempts?: number;
}

/** Header and subject bytes that count against the server's `max_payload`, generously. */
const ENVELOPE_BYTES = 512;

/** The publisher of one subject of the table. */
export function createPublisher(bus: Bus, subjectKey: SubjectKey, options: PublisherOptions): Publisher {
  const spec = SUBJECTS[subjectKey];
  if (spec.publisher !== options.as) {
    throw new AppError("internal", `cannot publish ${subjectKey} as ${options.as}: want ${spec.publisher}`);
  }
  const stream = STREAMS[spec.stream].name;
  const { timeoutMs = 4000, attempts = 2, maxInFlightBytes } = options;
  let inFlight = 0;
  const maxMessageBytes = () => (bus.nats.info?.max_payload ?? 1_048_576) - ENVELOPE_BYTES;

  const send = async (subject: string, payload: Uint8Array, publish: PublishOptions): Promise<Published> => {
    inFlight += payload.length;
    try {
      const ack = await bus.jetstream.publish(subject, payload, {
        msgID: publish.msgId,
        headers: headersOf(publish),
        timeout: timeoutMs,
        retries: attempts,
        expect: { streamName: stream },
      });
      return { stream: ack.stream, seq: ack.seq, duplicate: ack.duplicate };
    } catch (thrown) {
      throw busError(thrown, `publish to ${subject}`);
    } finally {
      inFlight -= payload.length;
    }
  };

  return {
    publish: async (payload, publish, signal) => {
      const subject = spec.subject.replace("*", String(publish.shard ?? 0));
      signal?.throwIfAborted();
      if (!bus.isConnected()) throw unavailable(`cannot publish to ${subject}: the bus is not reachable`);
      const limit = maxMessageBytes();
      if (payload.length > limit) {
        throw new AppError("too_large", `cannot publish to ${subject}: got ${payload.length} bytes, want <= ${limit}`);
      }
      if (inFlight + payload.length > maxInFlightBytes && inFlight > 0) {
        throw unavailable(`cannot publish to ${subject}: ${inFlight} bytes are waiting for the bus already`);
      }
      return untilAborted(send(subject, payload, publish), signal);
    },
    inFlightBytes: () => inFlight,
    maxMessageBytes,
  };
}

function headersOf({ tenant, records, receivedUnixNano }: PublishOptions): MsgHdrs {
  const result = createHeaders();
  result.set(HEADERS.tenant, tenant);
  result.set(HEADERS.records, String(records));
  if (receivedUnixNano !== undefined) result.set(HEADERS.received, String(receivedUnixNano));
  return result;
}

/** The client cannot take a publish back: the caller stops waiting, the bytes stay counted until it settles. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(AppError.from(signal.reason));
    signal.addEventListener("abort", onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
