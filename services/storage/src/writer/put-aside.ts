import type { Bus } from "@sightline/bus/connect";
import { publishDeadLetter } from "@sightline/bus/dead-letter";
import { createPublisher } from "@sightline/bus/publish";
import { SUBJECTS } from "@sightline/bus/subjects";
import { AppError } from "@sightline/errors/app-error";
import type { Clock } from "@sightline/model/time";
import { EventBatch } from "@sightline/proto/sightline/event/v1/event";
import type { Logger } from "@sightline/service/logger";
import { deadLetterEvent, tenantToTell } from "./dead-letter-event.ts";
import type { LaneBus } from "./lane-options.ts";
import type { Rejected } from "./transcoding.ts";

export interface PutAsideOptions {
  readonly bus: Bus;
  readonly clock: Clock;
  readonly log: Logger;
}

export type PutAside = LaneBus["deadLetter"];

/** Much more than all that is told at once; what is beyond waits for the next try. */
const MAX_TOLD_BYTES = 8 << 20;

/**
 * Puts messages among the dead letters and tells of each on the bus, so that people can be alerted. Resolves when the
 * bus holds the message; throws `unavailable` while it does not.
 */
export function createPutAside({ bus, clock, log }: PutAsideOptions): PutAside {
  const publisher = createPublisher(bus, "storage", { as: "storage", maxInFlightBytes: MAX_TOLD_BYTES });
  const tell = async (rejected: Rejected, incarnation: string) => {
    const event = deadLetterEvent(rejected, incarnation, clock);
    const payload = EventBatch.encode({ events: [event] }).finish();
    await publisher.publish(payload, { tenant: tenantToTell(rejected), records: 1, msgId: event.eventId });
  };
  return async (rejected, incarnation) => {
    const { message, reason, error } = rejected;
    const { subject, seq, tenant, firstRecord } = message;
    await publishDeadLetter(bus, { message, firstRecord, reason, error: error.message }, incarnation);
    log.warn({ subject, seq, firstRecord, tenant, reason, error: error.message }, "message put aside");
    // Telling of an event that tells of an event would have no end.
    if (subject === SUBJECTS.storage.subject) return;
    // The message is safe, and its neighbours wait: what cannot be told now is in the log and in the metrics.
    await tell(rejected, incarnation).catch((thrown: unknown) => {
      log.warn({ subject, seq, error: AppError.from(thrown).message }, "nobody was told of the message put aside");
    });
  };
}
