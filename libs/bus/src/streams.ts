import { DiscardPolicy, RetentionPolicy, StorageType, type StreamConfig, type StreamInfo } from "@nats-io/jetstream";
import { nanos } from "@nats-io/transport-node";
import { apiErrorCode, busError } from "./bus-error.ts";
import type { Bus } from "./connect.ts";
import { STREAMS, type StreamKey, type StreamSpec } from "./subjects.ts";

export interface EnsureStreamsOptions {
  /** What all streams together may take on the server's disk, bytes. */
  readonly diskBudgetBytes: number;
  readonly replicas: number;
}

/** A second publish with the same message id within this time is recognised as a repetition. */
export const DUPLICATE_WINDOW_MS = 120_000;

/** Makes the streams of the table, or changes them to what the table says. Any service may do it, at the same time. */
export async function ensureStreams(bus: Bus, options: EnsureStreamsOptions): Promise<void> {
  for (const spec of Object.values(STREAMS)) {
    try {
      await ensureStream(bus, spec, options);
    } catch (thrown) {
      throw busError(thrown, `make the stream ${spec.name}`);
    }
  }
}

async function ensureStream(bus: Bus, spec: StreamSpec, options: EnsureStreamsOptions): Promise<void> {
  const wanted = {
    subjects: [...spec.subjects],
    description: spec.about,
    discard: DiscardPolicy.New,
    max_age: nanos(spec.maxAgeSeconds * 1000),
    max_bytes: Math.floor((options.diskBudgetBytes * spec.diskPercent) / 100),
    num_replicas: options.replicas,
    duplicate_window: nanos(DUPLICATE_WINDOW_MS),
  };
  const existing = (await findStream(bus, spec.name)) ?? (await makeStream(bus, spec, wanted));
  if (existing === undefined) {
    bus.log.info({ stream: spec.name, maxBytes: wanted.max_bytes, replicas: options.replicas }, "stream made");
    return;
  }
  const { config } = existing;
  const same =
    config.subjects?.join() === wanted.subjects.join() &&
    config.discard === wanted.discard &&
    config.max_age === wanted.max_age &&
    config.max_bytes === wanted.max_bytes &&
    config.num_replicas === wanted.num_replicas &&
    config.duplicate_window === wanted.duplicate_window;
  if (same) return;
  await bus.manager.streams.update(spec.name, wanted);
  bus.log.info({ stream: spec.name, maxBytes: wanted.max_bytes, replicas: options.replicas }, "stream changed");
}

/**
 * Makes a stream; answers what is there instead when another service was faster, which the server may report as disk
 * that is not enough for two of them.
 */
async function makeStream(
  bus: Bus,
  { name }: StreamSpec,
  wanted: Partial<StreamConfig>,
): Promise<StreamInfo | undefined> {
  try {
    await bus.manager.streams.add({
      ...wanted,
      name,
      retention: RetentionPolicy.Limits,
      storage: StorageType.File,
      allow_direct: true,
    });
    return undefined;
  } catch (thrown) {
    const other = await findStream(bus, name);
    if (other === undefined) throw thrown;
    return other;
  }
}

async function findStream(bus: Bus, name: string): Promise<StreamInfo | undefined> {
  try {
    return await bus.manager.streams.info(name);
  } catch (thrown) {
    if (apiErrorCode(thrown) === 10059) return undefined;
    throw thrown;
  }
}

export interface StreamState {
  /**
   * Tells this stream from another of the same name made later, whose sequences start again: the moment it was made,
   * as the server writes it.
   */
  readonly incarnation: string;
  /** The oldest sequence still kept; one more than `lastSeq` when the stream is empty. */
  readonly firstSeq: number;
  readonly lastSeq: number;
  readonly messages: number;
  readonly bytes: number;
  readonly maxBytes: number;
}

/** How a stream stands now. */
export async function streamState(bus: Bus, stream: StreamKey): Promise<StreamState> {
  try {
    const { created, state, config } = await bus.manager.streams.info(STREAMS[stream].name);
    return {
      incarnation: created,
      firstSeq: state.first_seq,
      lastSeq: state.last_seq,
      messages: state.messages,
      bytes: state.bytes,
      maxBytes: config.max_bytes,
    };
  } catch (thrown) {
    throw busError(thrown, `ask for the state of ${STREAMS[stream].name}`);
  }
}

export interface PurgeTarget {
  readonly stream: StreamKey;
  /** The first sequence that stays. */
  readonly seq: number;
  /**
   * Only this subject, exactly as published. Without it the server drops whole blocks of the file, with it it looks at
   * each message: prefer the former, with the least sequence that any subject still needs.
   */
  readonly subject?: string;
}

/**
 * Removes the messages below a sequence: what storage has kept and no longer needs here. Consumers that have not come
 * so far go on at the oldest message that is left; a slow one never makes the stream full.
 *
 * @returns how many messages went
 */
export async function purgeBefore(bus: Bus, { stream, seq, subject }: PurgeTarget): Promise<number> {
  // Nothing lies before the first sequence, but nats-server 2.9 takes "before 1" for "everything" (PurgeEx of filestore.go).
  if (seq <= 1) return 0;
  const { name } = STREAMS[stream];
  try {
    const answer = await bus.manager.streams.purge(name, subject === undefined ? { seq } : { seq, filter: subject });
    return answer.purged;
  } catch (thrown) {
    throw busError(thrown, `purge ${subject ?? name} before ${seq}`);
  }
}
