import { readFileSync } from "node:fs";
import type { PublishOptions } from "@sightline/bus/publish";
import type { Clock } from "@sightline/model/time";
import type { Pool } from "@sightline/postgres/pool";
import { EventBatch } from "@sightline/proto/sightline/event/v1/event";
import { failpoint } from "@sightline/service/failpoint";
import { z } from "zod";
import { alertRow, alertState, double } from "../alerts/alert.ts";
import type { AlerterMetrics } from "../metrics.ts";
import { eventOfChange, type RecordedChange } from "./alert-event.ts";

const unpublishedChangesSql = readFileSync(new URL("./sql/unpublished-changes.sql", import.meta.url), "utf8");
const markPublishedSql = readFileSync(new URL("./sql/mark-published.sql", import.meta.url), "utf8");

const changeColumns = z.object({
  change_id: z.string(),
  changed_at: z.date(),
  from_state: z.union([alertState, z.literal("")]),
  to_state: alertState,
  reason: z.string(),
  actor: z.string(),
  note: z.string(),
  change_value: double,
});

const changeRow = z.unknown().transform((row): RecordedChange => {
  const change = changeColumns.parse(row);
  return {
    changeId: change.change_id,
    changedAt: change.changed_at,
    from: change.from_state,
    to: change.to_state,
    reason: change.reason,
    actor: change.actor,
    note: change.note,
    value: change.change_value,
    alert: alertRow.parse(row),
  };
});

/** Puts messages on the bus. Rejects with `unavailable` when it cannot; the message may be there all the same. */
export interface ChangePublisher {
  publish(payload: Uint8Array, options: PublishOptions, signal?: AbortSignal): Promise<unknown>;
}

export interface PublishChangesOptions {
  readonly sql: Pool;
  readonly publisher: ChangePublisher;
  readonly clock: Clock;
  readonly metrics: AlerterMetrics;
}

const batchSize = 100;

/**
 * Tells the bus of every change it has not been told of, in order. What a crash leaves half done is told again under
 * the same id. Throws `unavailable` while the bus or Postgres cannot be reached; nothing is lost by it.
 */
export async function publishChanges(options: PublishChangesOptions, signal: AbortSignal): Promise<void> {
  const { sql, publisher, clock, metrics } = options;
  for (;;) {
    const changes = await sql.query(unpublishedChangesSql, [batchSize], changeRow);
    for (const change of changes) {
      if (signal.aborted) return;
      const event = eventOfChange(change);
      const { tenant } = change.alert;
      const payload = EventBatch.encode({ events: [event] }).finish();
      const received = { receivedUnixNano: event.observedTimeUnixNano };
      await publisher.publish(payload, { tenant, records: 1, msgId: event.eventId, ...received }, signal);
      failpoint("alerter.change-published");
      await sql.execute(markPublishedSql, [tenant, change.changeId, new Date(clock())]);
      metrics.changesPublished.inc();
    }
    if (changes.length < batchSize) return;
  }
}
