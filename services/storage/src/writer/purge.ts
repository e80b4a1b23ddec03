import type { LaneState } from "./lane-state.ts";

/** The stream as it is now. */
export interface PurgedStream {
  /** Tells it from another one of its name. */
  readonly incarnation: string;
  readonly lastSeq: number;
  /** How full it is, 0 to 1. */
  readonly fullness: number;
}

/** The stream that is purged, and what still reads it. */
export interface PurgeBus {
  state(): Promise<PurgedStream>;
  /** Where each lane of the stream stands; undefined for one that nobody has written yet. */
  laneStates(): Promise<readonly { readonly subject: string; readonly state: LaneState | undefined }[]>;
  /** The first sequence of a subject from one on, if there is any. */
  nextSequence(subject: string, fromSeq: number): Promise<number | undefined>;
  /** The oldest sequence that another reader still needs, if any. */
  oldestUnread(): Promise<number | undefined>;
  /** Removes what lies before a sequence; tells how many messages went. */
  purgeBefore(seq: number): Promise<number>;
}

export interface PurgerOptions {
  readonly bus: PurgeBus;
  /** How long a message stays after it was stored where there is room, milliseconds: for the stream's other readers. */
  readonly keepStoredMs: number;
  /** Milliseconds, from any origin, never going back. */
  readonly now: () => number;
}

/** Above this what is stored stays no longer than its other readers need it: a full stream would refuse new messages. */
const CROWDED = 0.5;
/** Above this those who fell behind are not waited for either. */
const NEARLY_FULL = 0.75;

/** All messages before `seq` were in the database at `at`. */
interface Mark {
  readonly seq: number;
  readonly at: number;
}

/**
 * Removes from a stream what has been in the database for a while, or at once when the stream is crowded. Call it every now and then; answers how many
 * messages went.
 *
 * One purge of the whole stream below the least sequence that any lane has not stored costs the server next to nothing,
 * as it drops whole files; a purge by subject would look at every message.
 */
export function createPurger({ bus, keepStoredMs, now }: PurgerOptions): () => Promise<number> {
  let marks: Mark[] = [];
  let incarnation = "";
  return async () => {
    const stream = await bus.state();
    if (stream.incarnation !== incarnation) marks = [];
    incarnation = stream.incarnation;
    marks.push({ seq: await leastUnstored(bus, stream), at: now() });
    const keepMs = stream.fullness < CROWDED ? keepStoredMs : 0;
    const ripe = marks.findLast((mark) => mark.at <= now() - keepMs);
    if (ripe === undefined) return 0;
    marks = marks.filter((mark) => mark.at >= ripe.at);
    const unread = stream.fullness < NEARLY_FULL ? await bus.oldestUnread() : undefined;
    return await bus.purgeBefore(Math.min(ripe.seq, unread ?? ripe.seq));
  };
}

/** The first sequence up to `lastSeq` whose message is not in the database; the one behind it when all are. */
async function leastUnstored(bus: PurgeBus, { incarnation, lastSeq }: PurgedStream): Promise<number> {
  const lanes = await bus.laneStates();
  const firsts = await Promise.all(
    lanes.map(({ subject, state }) => {
      // Of another stream's sequences nothing can be told.
      const stored = state?.incarnation === incarnation ? state.stored : 0;
      return bus.nextSequence(subject, stored + 1);
    }),
  );
  return Math.min(lastSeq + 1, ...firsts.map((seq) => seq ?? lastSeq + 1));
}
