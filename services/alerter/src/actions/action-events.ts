import { readFileSync } from "node:fs";
import { AppError } from "@sightline/errors/app-error";
import type { Pool, Sql } from "@sightline/postgres/pool";
import { EventBatch, SystemEvent } from "@sightline/proto/sightline/event/v1/event";
import type { Logger } from "@sightline/service/logger";
import { z } from "zod";
import type { AlerterMetrics } from "../metrics.ts";
import type { ChangePublisher } from "../notify/publish-changes.ts";
import { type ActionTold, eventOfAction } from "./action-event.ts";

const insertEventSql = readFileSync(new URL("./sql/insert-action-event.sql", import.meta.url), "utf8");
const readEventsSql = readFileSync(new URL("./sql/read-action-events.sql", import.meta.url), "utf8");
const deleteEventSql = readFileSync(new URL("./sql/delete-action-event.sql", import.meta.url), "utf8");

const eventRow = z.object({ event_id: z.string(), tenant: z.string(), event: z.instanceof(Buffer) });

const batchSize = 100;

/** Keeps what is to be told to the bus, together with what was done. */
export async function tellAction(tx: Sql, tenant: string, told: ActionTold, eventId: string): Promise<void> {
  const event = Buffer.from(SystemEvent.encode(eventOfAction(told, eventId)).finish());
  await tx.execute(insertEventSql, [eventId, tenant, event]);
}

export interface PublishActionsOptions {
  readonly sql: Pool;
  readonly publisher: ChangePublisher;
  readonly log: Logger;
  readonly metrics: Pick<AlerterMetrics, "jobFailures">;
}

/**
 * Tells the bus of what people did, in order. What a crash leaves half done is told again under the same id; what the bus will never take
 * is given up and counted, so that it keeps nobody else's waiting. Throws `unavailable` while the bus or Postgres cannot be reached.
 */
export async function publishActions(options: PublishActionsOptions, signal: AbortSignal): Promise<void> {
  const { sql, publisher, log, metrics } = options;
  for (;;) {
    const rows = await sql.query(readEventsSql, [batchSize], eventRow);
    for (const { event_id: eventId, tenant, event } of rows) {
      if (signal.aborted) return;
      try {
        const decoded = SystemEvent.decode(event);
        const payload = EventBatch.encode({ events: [decoded] }).finish();
        const received = { receivedUnixNano: decoded.observedTimeUnixNano };
        await publisher.publish(payload, { tenant, records: 1, msgId: eventId, ...received }, signal);
      } catch (thrown) {
        const error = AppError.from(thrown);
        if (error.retryable || error.code === "cancelled" || signal.aborted) throw error;
        metrics.jobFailures.inc();
        log.error({ tenant, eventId, error: error.message }, "what somebody did cannot be told: given up");
      }
      await sql.execute(deleteEventSql, [eventId, tenant]);
    }
    if (rows.length < batchSize) return;
  }
}
