import { isStreamFull } from "@sightline/bus/bus-error";
import type { Bus } from "@sightline/bus/connect";
import { type DeadLetter, publishDeadLetter } from "@sightline/bus/dead-letter";
import { type DroppedLetters, makeDeadLetterRoom } from "@sightline/bus/dead-letter-room";
import { SUBJECTS } from "@sightline/bus/subjects";
import type { Clock } from "@sightline/model/time";
import type { Logger } from "@sightline/service/logger";
import { deadLetterEvent, droppedLettersEvents, tenantToTell } from "./dead-letter-event.ts";
import type { LaneBus } from "./lane-options.ts";
import { createTell } from "./tell.ts";

export interface PutAsideOptions {
  readonly bus: Bus;
  readonly clock: Clock;
  readonly log: Logger;
  /** Told of dead letters that had to go to make room for newer ones. */
  droppedLetters(count: number): void;
}

export type PutAside = LaneBus["deadLetter"];

/**
 * Puts messages among the dead letters and tells of each on the bus, so that people can be alerted. Resolves when the
 * bus holds the message; throws `unavailable` while it does not. Where there is no room for it the oldest dead letters go, and their tenants are
 * told.
 */
export function createPutAside({ bus, clock, log, droppedLetters }: PutAsideOptions): PutAside {
  const tell = createTell(bus, log);
  const tellOfDropped = async (dropped: DroppedLetters) => {
    if (dropped.total === 0) return;
    droppedLetters(dropped.total);
    const { total, byTenant } = dropped;
    log.warn(
      { dropped: total, tenants: byTenant.size },
      "the oldest dead letters are dropped: there is no room for new ones",
    );
    const events = droppedLettersEvents(dropped, clock);
    await Promise.all(events.map(({ event, tenant }) => tell(event, tenant)));
  };
  const keep = async (letter: DeadLetter, incarnation: string) => {
    try {
      await publishDeadLetter(bus, letter, incarnation);
    } catch (thrown) {
      if (!isStreamFull(thrown)) throw thrown;
      await tellOfDropped(await makeDeadLetterRoom(bus, letter.message.payload.length));
      await publishDeadLetter(bus, letter, incarnation);
    }
  };
  return async (rejected, incarnation) => {
    const { message, reason, error } = rejected;
    const { subject, seq, tenant, firstRecord } = message;
    await keep({ message, firstRecord, reason, error: error.message }, incarnation);
    log.warn({ subject, seq, firstRecord, tenant, reason, error: error.message }, "message put aside");
    // Telling of an event that tells of an event would have no end.
    if (subject === SUBJECTS.storage.subject) return;
    await tell(deadLetterEvent(rejected, incarnation, clock), tenantToTell(rejected));
  };
}
