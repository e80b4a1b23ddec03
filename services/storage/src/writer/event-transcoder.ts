import { createHash } from "node:crypto";
import { encodeBlock } from "@sightline/columns/native-block";
import { markTable, newTable, resetTable, rollbackTable, type Table } from "@sightline/columns/table";
import { AppError, invalid } from "@sightline/errors/app-error";
import { validateEvent } from "@sightline/events/validate";
import { isPlainlyValid } from "@sightline/events/wire-check";
import { decodeEvent, openWireEvents, walkEvents } from "@sightline/events/wire-event";
import { msOfNanos } from "@sightline/model/time";
import { uuid7 } from "@sightline/model/uuid7";
import type { BatchTranscoder, PayloadContext } from "./batch-transcoder.ts";
import { appendEvent, type EventColumns, eventColumns } from "./event-columns.ts";
import { createWireEventAppender } from "./wire-event-appender.ts";

/**
 * Gathers batches of events as rows of `events`. An event that the limits do not allow is left out and told of; its
 * neighbours are kept. What a sender left open is filled in from the message, the same way each time.
 */
export function createEventTranscoder(): BatchTranscoder {
  const table = newTable(eventColumns());
  return {
    append(payload, context) {
      const before = table.rows;
      markTable(table);
      try {
        const rejected = appendEvents(table, payload, context);
        return { ok: true, records: table.rows - before, ...(rejected === undefined ? {} : { rejected }) };
      } catch (thrown) {
        rollbackTable(table);
        return { ok: false, error: invalid(`cannot read the events: ${AppError.from(thrown).message}`, thrown) };
      }
    },
    records: () => table.rows,
    blocks() {
      const { rows } = table;
      if (rows === 0) return [];
      return [{ table: "events", rows, columns: Object.keys(table.columns), pieces: encodeBlock(table) }];
    },
    reset: () => resetTable(table),
  };
}

/** Answers what is wrong with the first event that is not kept. */
function appendEvents(table: Table<EventColumns>, payload: Uint8Array, context: PayloadContext): AppError | undefined {
  const { columns } = table;
  const event = openWireEvents(payload);
  const appendPlain = createWireEventAppender(columns, event, context);
  let count = 0;
  let rejected: { readonly index: number; readonly reason: string } | undefined;
  walkEvents(event, (index) => {
    count++;
    if (event.eventId.end > event.eventId.start && isPlainlyValid(event)) {
      appendPlain();
      table.rows++;
      return;
    }
    const outcome = validateEvent(decodeEvent(event), {
      receivedUnixNano: context.receivedUnixNano,
      newId: () => idOf(context, index),
    });
    if ("event" in outcome) {
      appendEvent(columns, context.tenant, outcome.event);
      table.rows++;
    } else rejected ??= { index, reason: outcome.reason };
  });
  return rejected && invalid(`cannot store event ${rejected.index} of ${count}: ${rejected.reason}`);
}

/** The id of an event that came without one: made of its place on the bus, so that it is the same each time. */
function idOf({ receivedUnixNano, subject, seq, firstRecord = 0 }: PayloadContext, index: number): string {
  const digest = createHash("sha256")
    .update(`${subject}/${seq}/${firstRecord + index}`)
    .digest();
  return uuid7(msOfNanos(receivedUnixNano), (bytes) => bytes.set(digest.subarray(0, bytes.length)));
}
