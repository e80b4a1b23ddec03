import { readFileSync } from "node:fs";
import type { Pool, Sql } from "@sightline/postgres/pool";
import { EventBatch, SystemEvent } from "@sightline/proto/sightline/event/v1/event";
import { z } from "zod";
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

/** Tells the bus of what people did, in order. What a crash leaves half done is told again under the same id. */
export async function publishActions(
  { sql, publisher }: { readonly sql: Pool; readonly publisher: ChangePublisher },
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    const rows = await sql.query(readEventsSql, [batchSize], eventRow);
    for (const { event_id: eventId, tenant, event } of rows) {
      if (signal.aborted) return;
      const decoded = SystemEvent.decode(event);
      const payload = EventBatch.encode({ events: [decoded] }).finish();
      const received = { receivedUnixNano: decoded.observedTimeUnixNano };
      await publisher.publish(payload, { tenant, records: 1, msgId: eventId, ...received }, signal);
      await sql.execute(deleteEventSql, [eventId, tenant]);
    }
    if (rows.length < batchSize) return;
  }
}
