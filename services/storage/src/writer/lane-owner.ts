import { AppError } from "@sightline/errors/app-error";
import { failpoint } from "@sightline/service/failpoint";
import { every } from "@sightline/service/loop";
import { type Batch, openBatch } from "./batch.ts";
import { type BatchSource, createBatchSource } from "./batch-source.ts";
import { createBatchStore } from "./batch-store.ts";
import type { LaneClaim } from "./lane-claim.ts";
import type { LaneOptions } from "./lane-options.ts";
import { createLaneRest } from "./lane-rest.ts";
import type { Persist } from "./persist.ts";
import { createTranscoder, createTranscoderPair, PATHS } from "./transcoding.ts";

/** A lane while it is ours. */
export interface OwnedLane {
  /** Messages on the bus that are not in the database yet. */
  pending(): number;
  /** When the first message of the batch that is being stored was received; undefined while none is. */
  storingSince(): bigint | undefined;
  /** Rejects when no more is written: the lane was lost, the stream was made anew, the service stops. */
  run(): Promise<never>;
}

export interface OwnerOptions extends LaneOptions {
  readonly claim: LaneClaim;
  readonly persist: Persist;
  /** Ends the reading; the batch that is being stored is still finished. */
  readonly stopping: AbortSignal;
}

/** An owner says that it is there so often per takeover time. */
const BEATS_PER_TAKEOVER = 4;
/** A lane is behind when it has to store so many times what it stores now: the next batch will not have been all. */
const BATCHES_BEHIND = 2;

/** Writes a lane that is ours: finishes what was recorded, then reads on. */
export function ownLane(options: OwnerOptions): OwnedLane {
  const { name, claim, bus, persist, log } = options;
  const { incarnation } = claim.state();
  const ending = new AbortController();
  /** Aborts when the batch that is being written is wanted no more. */
  const unwanted = new AbortController();
  const broken = AbortSignal.any([claim.lost, unwanted.signal]);
  const signal = AbortSignal.any([options.stopping, broken, ending.signal]);
  const rest = createLaneRest(claim, options.pause);
  let source: BatchSource | undefined;
  let storingSince: bigint | undefined;

  const store = createBatchStore({
    lane: name,
    clickhouse: options.clickhouse,
    claim: { ...claim, lost: broken },
    persist,
    readRange: bus.readRange,
    deadLetter: (problem) => bus.deadLetter(problem, incarnation),
    newTranscoder: () => createTranscoder(options.signal),
    path: PATHS[options.signal],
    observer: options.observer,
    confirmWithinMs: options.takeoverMs / 2,
  });

  /** Stores what is recorded as being inserted, and records that it is stored. */
  const finish = async (batch: Batch): Promise<void> => {
    storingSince = batch.receivedUnixNano;
    const behind = source !== undefined && source.pending() > BATCHES_BEHIND * batch.messages;
    const { whole } = await store(batch, { behind });
    if (whole) batch.transcoder.stored?.();
    source?.stored(batch.messages);
    failpoint("storage.before-advance");
    await claim.write({ stored: batch.last, inserting: undefined, pending: pending() });
    failpoint("storage.after-advance");
    storingSince = undefined;
    options.observer.stored(batch.receivedUnixNano);
    await rest.end();
  };

  /** Inserts again what an owner before us, or we before a crash, recorded and may have inserted. */
  const finishRecorded = async (): Promise<void> => {
    const { inserting } = claim.state();
    if (inserting === undefined) return await rest.tell();
    await rest.proceed(signal);
    const { first, last } = inserting;
    const messages = await persist("read", broken, () => bus.readRange(first, last, broken));
    log.info({ lane: name, ...inserting, messages: messages.length }, "finishing the recorded batch");
    const batch = openBatch(createTranscoder(options.signal));
    for (const message of messages) batch.add(message);
    const recorded = batch.close();
    if (recorded !== undefined) return await finish(recorded);
    await claim.write({ stored: last, inserting: undefined });
    await rest.end();
  };

  const readOn = async (from: BatchSource): Promise<never> => {
    let storing = false;
    const isStoring = () => storing;
    let next = from.next(isStoring);
    try {
      for (;;) {
        const got = await next;
        if ("ended" in got) throw got.ended;
        // Gathered while this one is being inserted: the database works on one while we work on the other.
        storing = true;
        next = from.next(isStoring);
        await rest.begin(signal);
        failpoint("storage.before-record");
        const { first, last } = got.batch;
        await claim.write({ inserting: { first, last }, paused: undefined });
        failpoint("storage.boundary-recorded");
        await finish(got.batch);
        storing = false;
      }
    } finally {
      ending.abort();
      await next;
      await from.close();
    }
  };

  const beat = async (): Promise<void> => {
    await claim.write({ pending: pending() });
    await rest.tell();
    await source?.look();
    if ((await bus.incarnation()) === incarnation) return;
    log.error({ lane: name }, "the stream was made anew while it was being read");
    ending.abort(new AppError("cancelled", "the stream was made anew"));
  };

  const pending = () => (source === undefined ? claim.state().pending : source.pending());

  return {
    pending,
    storingSince: () => storingSince,
    async run() {
      const onPause = (): void => {
        if (rest.isUnwanted()) unwanted.abort(new AppError("cancelled", "what is written to is going to be replaced"));
        // What cannot be said at once is said with the next beat, or the lane is lost.
        void rest.tell().catch(() => undefined);
      };
      const endTelling = options.pause.onChange(onPause);
      const everyMs = options.takeoverMs / BEATS_PER_TAKEOVER;
      const endBeats = every(everyMs, beat, { name: `beat of ${name}`, log, signal, immediately: false });
      try {
        await finishRecorded();
        source = createBatchSource({
          limits: options.limits,
          openReader: bus.openReader,
          startSeq: claim.state().stored + 1,
          transcoders: createTranscoderPair(options.signal),
          persist,
          signal,
        });
        return await readOn(source);
      } finally {
        endTelling();
        await endBeats();
      }
    },
  };
}
