import { type Bus, pause } from "@sightline/bus/connect";
import type { StoredMessage } from "@sightline/bus/message";
import { type OrderedReader, readFrom } from "@sightline/bus/ordered";
import { streamState } from "@sightline/bus/streams";
import { SUBJECTS } from "@sightline/bus/subjects";
import { AppError } from "@sightline/errors/app-error";
import type { Clock } from "@sightline/model/time";

export interface SpanSourceOptions {
  readonly bus: Bus;
  /** Behind that sequence reading begins; undefined: with the oldest that is there. */
  readonly after: number | undefined;
  /** What has been on the bus for longer is left out, and with it all up to the newest. */
  readonly maxLagMs: number;
  readonly clock: Clock;
  /** Told how many messages were left out. */
  readonly skipped: (messages: number) => void;
  readonly log: { warn(fields: object, message: string): void };
}

/** The bus' spans in order, as far as they are new. Holds up nobody: what is not read may go from the bus. */
export interface SpanSource {
  /** Hands over what comes within the time; none of it may be looked at any more when `take` returns. */
  take(waitMs: number, signal: AbortSignal, take: (message: StoredMessage) => void): Promise<void>;
  /** The last sequence that was taken or left out. */
  seq(): number;
  close(): Promise<void>;
}

/** Handed over at once, so that others have their turn between: a few milliseconds of work. */
const BATCH_BYTES = 1 << 20;
const BATCH_MESSAGES = 64;
/** How long it is waited before a reader is made anew. */
const RETRY_MS = 1000;

export function createSpanSource(options: SpanSourceOptions): SpanSource {
  const { bus, maxLagMs, clock, skipped, log } = options;
  let seq = options.after ?? 0;
  let reader: OrderedReader | undefined;

  const open = () =>
    readFrom(bus, { stream: SUBJECTS.traces.stream, subject: SUBJECTS.traces.subject, startSeq: seq + 1 });
  const close = async (): Promise<void> => {
    const closing = reader;
    reader = undefined;
    await closing?.close();
  };
  const isLate = (message: StoredMessage) => clock() - Number(message.receivedUnixNano / 1_000_000n) > maxLagMs;
  const skip = async (batch: readonly StoredMessage[]): Promise<void> => {
    const behind = (reader?.pending() ?? 0) + batch.length;
    await close();
    seq = Math.max(await newest(bus), batch.at(-1)?.seq ?? 0);
    skipped(behind);
    log.warn({ messages: behind }, "spans were not counted: too far behind");
  };

  return {
    async take(waitMs, signal, take) {
      try {
        reader ??= await open();
        const bounds = { maxMessages: BATCH_MESSAGES, maxBytes: BATCH_BYTES, maxWaitMs: waitMs, signal };
        const batch = await reader.next(bounds);
        const [first] = batch;
        if (first !== undefined && isLate(first)) return await skip(batch);
        for (const message of batch) {
          // First: a message that cannot be taken must not come again and again.
          seq = message.seq;
          take(message);
        }
        reader.done(batch);
      } catch (thrown) {
        if (signal.aborted) return;
        log.warn({ error: AppError.from(thrown).message }, "spans cannot be read now");
        await close().catch(() => undefined);
        await pause(RETRY_MS, signal);
      }
    },
    seq: () => seq,
    close,
  };
}

async function newest(bus: Bus): Promise<number> {
  return (await streamState(bus, SUBJECTS.traces.stream)).lastSeq;
}
