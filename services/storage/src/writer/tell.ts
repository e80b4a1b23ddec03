import type { Bus } from "@sightline/bus/connect";
import { createPublisher } from "@sightline/bus/publish";
import { AppError } from "@sightline/errors/app-error";
import { EventBatch, type SystemEvent } from "@sightline/proto/sightline/event/v1/event";
import type { Logger } from "@sightline/service/logger";

/**
 * Tells people of something by an event on the bus, which reaches them also while nothing can be stored. The same event
 * told twice within two minutes is one. Never rejects: what cannot be told now is in the log.
 */
export type Tell = (event: SystemEvent, tenant: string) => Promise<void>;

/** Much more than all that is told at once; what is beyond is not told. */
const MAX_TOLD_BYTES = 8 << 20;

export function createTell(bus: Bus, log: Logger): Tell {
  const publisher = createPublisher(bus, "storage", { as: "storage", maxInFlightBytes: MAX_TOLD_BYTES });
  return async (event, tenant) => {
    const payload = EventBatch.encode({ events: [event] }).finish();
    await publisher.publish(payload, { tenant, records: 1, msgId: event.eventId }).catch((thrown: unknown) => {
      log.warn({ event: event.title, error: AppError.from(thrown).message }, "nobody could be told");
    });
  };
}
