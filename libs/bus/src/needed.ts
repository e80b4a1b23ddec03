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

/** The oldest sequence that some durable consumer of a stream still needs; undefined when all have read everything. */
export async function oldestUnread(bus: Bus, stream: StreamKey): Promise<number | undefined> {
  try {
    const consumers = await bus.manager.consumers.list(STREAMS[stream].name).next();
    const needed = consumers
      .filter(({ config, num_pending, num_ack_pending }) => config.durable_name && num_pending + num_ack_pending > 0)
      .map(({ ack_floor }) => ack_floor.stream_seq + 1);
    return needed.length === 0 ? undefined : Math.min(...needed);
  } catch (thrown) {
    throw busError(thrown, `ask for the consumers of ${STREAMS[stream].name}`);
  }
}
