import type { ReaderState } from "@sightline/bus/needed";
import type { Clock } from "@sightline/model/time";
import { type Behind, behindEvent } from "./behind-event.ts";
import type { BehindConfig } from "./config.ts";

/** A part of the bus that this process stores, as far as it is watched. */
export interface WatchedLane {
  readonly name: string;
  /** Messages that are not in the database yet. */
  pending(): number;
  /** For how long the oldest of those that are being stored has waited, milliseconds; 0 when there are none. */
  waitedMs(): number;
}

export interface BehindWatchOptions extends Pick<BehindConfig, "waitedMs" | "unreadMessages"> {
  lanes(): readonly WatchedLane[];
  /** How far the durable readers of the bus have come. May reject. */
  readers(): Promise<readonly ReaderState[]>;
  readonly clock: Clock;
  tell(event: ReturnType<typeof behindEvent>): Promise<void>;
}

/**
 * Looks for what does not keep up, and tells of it, once a minute for as long as it is so and however many processes look.
 * What stands still cannot say so itself; what is only slow is ready, and answers, and is noticed by nobody else. It has
 * to be so at two looks in a row: a message that was sent again has waited for long and is soon stored.
 */
export function createBehindWatch(options: BehindWatchOptions): () => Promise<void> {
  const { lanes, readers, waitedMs, unreadMessages, clock, tell } = options;
  let before: ReadonlySet<string> = new Set();
  return async () => {
    const storing = lanes()
      .map((lane) => ({ lane, waited: lane.waitedMs() }))
      .filter(({ waited }) => waited >= waitedMs)
      .map(({ lane, waited }) => ({
        target: `storing ${lane.name}`,
        messages: lane.pending(),
        waitedSeconds: Math.round(waited / 1000),
      }));
    const reading = (await readers())
      .filter(({ unread }) => unread >= unreadMessages)
      .map(({ reader, unread }) => ({ target: reader, messages: unread }));
    const behind: readonly Behind[] = [...storing, ...reading];
    for (const one of behind) {
      if (before.has(one.target)) await tell(behindEvent(one, clock));
    }
    before = new Set(behind.map(({ target }) => target));
  };
}
