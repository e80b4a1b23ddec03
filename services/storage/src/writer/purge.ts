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

/** Above this what is stored longest goes, however new: a full stream would refuse new messages. */
const CROWDED = 0.5;
/** Above this those who fell behind are not waited for. */
const VERY_CROWDED = 0.7;
/** Above this all that is stored goes at once. */
const NEARLY_FULL = 0.85;

/** All messages before `seq` were in the database at `at`. */
interface Mark {
  readonly seq: number;
  readonly at: number;
}

/**
 * Removes from a stream what has been in the database for a while, and more of it when the stream is crowded. Call it
 * often; answers how many messages went.
 *
 * One purge of the whole stream below the least sequence that any lane has not stored costs the server next to nothing,
 * as it drops whole files; a purge by subject would look at every message. Nothing is published while files go: on a
 * file system that discards freed blocks at once a gigabyte took a second. So a crowded stream loses at each call what
 * one call marked, not all at once.
 */
export function createPurger({ bus, keepStoredMs, now }: PurgerOptions): () => Promise<number> {
  let marks: Mark[] = [];
  let incarnation = "";
  const leastUnstored = followLanes(bus);
  return async () => {
    const stream = await bus.state();
    if (stream.incarnation !== incarnation) marks = [];
    incarnation = stream.incarnation;
    const seq = await leastUnstored(stream);
    if (seq > (marks.at(-1)?.seq ?? 0)) marks.push({ seq, at: now() });
    const ripe = ripest(marks, stream, now() - keepStoredMs);
    if (ripe === undefined) return 0;
    const unread = stream.fullness < VERY_CROWDED ? await bus.oldestUnread() : undefined;
    const first = Math.min(ripe.seq, unread ?? ripe.seq);
    if (first === ripe.seq) marks = marks.filter((mark) => mark.seq > first);
    return await bus.purgeBefore(first);
  };
}

/** The mark up to which messages may go now. */
function ripest(marks: readonly Mark[], { fullness }: PurgedStream, storedBefore: number): Mark | undefined {
  if (fullness >= NEARLY_FULL) return marks.at(-1);
  return marks.findLast((mark) => mark.at <= storedBefore) ?? (fullness >= CROWDED ? marks[0] : undefined);
}

/** Tells the first sequence up to `lastSeq` whose message may not be in the database; the one behind it when all are. */
function followLanes(bus: PurgeBus): (stream: PurgedStream) => Promise<number> {
  let before = new Map<string, number>();
  return async ({ incarnation, lastSeq }) => {
    const lanes = (await bus.laneStates()).map(({ subject, state }) => {
      // Of another stream's sequences nothing can be told.
      return { subject, stored: state?.incarnation === incarnation ? state.stored : 0 };
    });
    const firsts = await Promise.all(
      lanes.map(({ subject, stored }) => {
        // To look for the next message reads it whole. A lane that moves is a little behind at most: it is not looked up.
        const moves = stored > (before.get(subject) ?? stored);
        return moves ? stored + 1 : bus.nextSequence(subject, stored + 1);
      }),
    );
    before = new Map(lanes.map(({ subject, stored }) => [subject, stored]));
    return Math.min(lastSeq + 1, ...firsts.map((seq) => seq ?? lastSeq + 1));
  };
}
