import type { KvBucket, KvWrite } from "@sightline/bus/kv";
import { AppError } from "@sightline/errors/app-error";
import { beginningOf, decodeLaneState, encodeLaneState, type InsertingBatch, type LaneState } from "./lane-state.ts";
import type { Persist } from "./persist.ts";

/** What is changed of a lane's state; undefined takes `inserting` away. */
export interface LaneChange {
  readonly stored?: number;
  readonly inserting?: InsertingBatch | undefined;
  readonly pending?: number;
  /** The pause that is kept; undefined takes it away. */
  readonly paused?: string | undefined;
}

/** The right to write a lane, until somebody else takes it. */
export interface LaneClaim {
  state(): LaneState;
  /** Aborts when the lane was taken by another process. Nothing of it may be written from then on. */
  readonly lost: AbortSignal;
  /** Records a change by compare-and-set, one after the other, trying for as long as the bus is away. */
  write(change: LaneChange): Promise<void>;
  /** Makes sure that the lane is still ours: asks the bus unless it said so within that time. */
  confirm(withinMs: number): Promise<void>;
  /** Gives the lane back, so that another process need not wait. */
  release(): Promise<void>;
}

export interface ClaimOptions {
  readonly bucket: KvBucket;
  readonly lane: string;
  /** Who claims; never the same for two processes or two starts of one. */
  readonly owner: string;
  /** Of the stream as it is now. */
  readonly incarnation: string;
  readonly persist: Persist;
  /** Told when the recorded sequences belong to a stream that is no more. */
  onNewStream(left: LaneState): void;
}

/** Takes a lane, from whoever has it. Undefined when somebody else took it at the same moment. */
export async function claimLane(options: ClaimOptions): Promise<LaneClaim | undefined> {
  const { bucket, lane, owner, incarnation, onNewStream } = options;
  const found = await bucket.get(lane);
  if (found === undefined) {
    const state = beginningOf(incarnation, owner);
    return heldBy(options, state, await bucket.create(lane, encodeLaneState(state)));
  }
  const left = decodeLaneState(found.value);
  if (left.incarnation !== incarnation) onNewStream(left);
  const state = left.incarnation === incarnation ? { ...left, owner } : beginningOf(incarnation, owner);
  return heldBy(options, state, await bucket.update(lane, encodeLaneState(state), found.revision));
}

function heldBy(options: ClaimOptions, taken: LaneState, written: KvWrite): LaneClaim | undefined {
  if (written.kind === "conflict") return undefined;
  const { bucket, lane, persist } = options;
  const lost = new AbortController();
  let state = taken;
  let revision = written.revision;
  let confirmedAt = performance.now();
  let queue = Promise.resolve();

  const put = async (next: LaneState): Promise<void> => {
    const answer = await persist("record", lost.signal, () => bucket.update(lane, encodeLaneState(next), revision));
    revision = answer.kind === "written" ? answer.revision : await ownRevision(next);
    state = next;
    confirmedAt = performance.now();
  };

  /** After a lost answer our own write looks like a conflict; only another owner's is one. */
  const ownRevision = async (next: LaneState): Promise<number> => {
    const found = await persist("record", lost.signal, () => bucket.get(lane));
    const same = found !== undefined && Buffer.from(encodeLaneState(next)).equals(found.value);
    if (found !== undefined && same) return found.revision;
    const error = new AppError("failed_precondition", `cannot go on writing ${lane}: another process has taken it`);
    lost.abort(error);
    throw error;
  };

  const write = (change: LaneChange): Promise<void> => {
    const turn = queue.then(() => {
      lost.signal.throwIfAborted();
      return put(changed(state, change));
    });
    queue = turn.then(
      () => undefined,
      () => undefined,
    );
    return turn;
  };

  return {
    state: () => state,
    lost: lost.signal,
    write,
    confirm: async (withinMs) => {
      lost.signal.throwIfAborted();
      if (performance.now() - confirmedAt > withinMs) await write({});
    },
    release: () => queue.then(() => put({ ...state, owner: "" })),
  };
}

function changed(state: LaneState, change: LaneChange): LaneState {
  const { inserting = undefined, paused = undefined, ...rest } = { ...state, ...change };
  return { ...rest, ...(inserting === undefined ? {} : { inserting }), ...(paused === undefined ? {} : { paused }) };
}
