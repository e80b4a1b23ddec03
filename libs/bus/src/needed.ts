import { apiErrorCode, busError } from "./bus-error.ts";
import type { Bus } from "./connect.ts";
import { STREAMS, type StreamKey } from "./subjects.ts";

/** JetStream's code for "no message found". */
const NO_MESSAGE = 10037;

export interface NextSequence {
  readonly stream: StreamKey;
  /** A subject as published, or with wildcards: `telemetry.traces.*`. */
  readonly subject: string;
  /** Inclusive. */
  readonly fromSeq: number;
}

/** The first sequence from a place on whose message is of the subject; undefined when there is none. */
export async function nextSequence(bus: Bus, { stream, subject, fromSeq }: NextSequence): Promise<number | undefined> {
  try {
    const query = { seq: Math.max(1, fromSeq), next_by_subj: subject };
    return (await bus.manager.streams.getMessage(STREAMS[stream].name, query))?.seq;
  } catch (thrown) {
    if (apiErrorCode(thrown) === NO_MESSAGE) return undefined;
    throw busError(thrown, `look for ${subject} from ${fromSeq}`);
  }
}

/** A durable consumer of a stream. */
export interface ReaderState {
  /** Its name: the service and what it reads. */
  readonly reader: string;
  /** Messages it has not read, or read and not acknowledged. */
  readonly unread: number;
  /** The oldest sequence that it may still need. */
  readonly oldestUnread: number;
}

/** How far the durable consumers of a stream have come. Throws `unavailable` when the bus is. */
export async function readerStates(bus: Bus, stream: StreamKey): Promise<ReaderState[]> {
  try {
    const consumers = await bus.manager.consumers.list(STREAMS[stream].name).next();
    return consumers.flatMap(({ config, num_pending, num_ack_pending, ack_floor }) => {
      const { durable_name: reader } = config;
      const unread = num_pending + num_ack_pending;
      return reader === undefined ? [] : [{ reader, unread, oldestUnread: ack_floor.stream_seq + 1 }];
    });
  } catch (thrown) {
    throw busError(thrown, `ask for the consumers of ${STREAMS[stream].name}`);
  }
}
