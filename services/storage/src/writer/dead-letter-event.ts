import { createHash } from "node:crypto";
import type { DroppedLetters } from "@sightline/bus/dead-letter-room";
import { STREAMS } from "@sightline/bus/subjects";
import { createEventBuilder } from "@sightline/events/builder";
import { EVENT_TYPES } from "@sightline/model/event-vocabulary";
import { DEFAULT_TENANT } from "@sightline/model/tenant";
import { type Clock, msOfNanos } from "@sightline/model/time";
import { uuid7 } from "@sightline/model/uuid7";
import type { SystemEvent } from "@sightline/proto/sightline/event/v1/event";
import type { Rejected } from "./transcoding.ts";

/** Who is told of a message that was put aside: its tenant; the first tenant where it names none. */
export function tenantToTell({ message }: Rejected): string {
  return message.tenant === "" ? DEFAULT_TENANT : message.tenant;
}

/**
 * The event for a message, or a part of one, that was put aside. The same, put aside again after a crash, gives the same
 * id.
 *
 * @param incarnation of the stream that the message lay in
 */
export function deadLetterEvent({ message, reason, error }: Rejected, incarnation: string, clock: Clock): SystemEvent {
  const { subject, seq, records, receivedUnixNano, firstRecord } = message;
  const part = firstRecord === undefined ? "" : `/${firstRecord}+${records}`;
  const digest = createHash("sha256").update(`${incarnation}/${subject}/${seq}${part}/dead letter`).digest();
  return createEventBuilder({ clock }).build({
    eventId: uuid7(msOfNanos(receivedUnixNano), (bytes) => bytes.set(digest.subarray(0, bytes.length))),
    eventType: EVENT_TYPES.deadLetter,
    severity: "error",
    source: "storage",
    target: subject,
    category: "operations",
    title: `${firstRecord === undefined ? "a message of " : ""}${counted(records)} could not be stored: ${reason}`,
    description: error.message,
    details: {
      reason,
      subject,
      sequence: seq,
      ...(firstRecord === undefined ? {} : { first_record: firstRecord }),
      records,
      tenant: message.tenant,
      error: error.message,
    },
  });
}

/** Tenants that are told at a time that they lost some; those who lost most come first. */
const MAX_TENANTS_TOLD = 100;

/**
 * The events for dead letters that went to make room for newer ones: one for each tenant that lost some, with how many, and one of all
 * for who runs the system, to the first tenant.
 */
export function droppedLettersEvents({ total, byTenant }: DroppedLetters, clock: Clock) {
  const ofOthers = [...byTenant].filter(([tenant]) => tenant !== "" && tenant !== DEFAULT_TENANT);
  const told = ofOthers.sort(([, a], [, b]) => b - a).slice(0, MAX_TENANTS_TOLD);
  const ofAll = { dropped: total, of_this_tenant: byTenant.get(DEFAULT_TENANT) ?? 0, tenants: byTenant.size };
  return [
    { tenant: DEFAULT_TENANT, event: droppedLettersEvent(ofAll, clock) },
    ...told.map(([tenant, dropped]) => ({ tenant, event: droppedLettersEvent({ dropped }, clock) })),
  ];
}

function droppedLettersEvent(details: { readonly dropped: number }, clock: Clock): SystemEvent {
  const { dropped } = details;
  return createEventBuilder({ clock }).build({
    eventType: EVENT_TYPES.deadLettersDropped,
    severity: "warning",
    source: "storage",
    target: STREAMS.deadLetter.name,
    category: "operations",
    title: `the ${dropped === 1 ? "oldest dead letter is" : `${dropped} oldest dead letters are`} gone: there was no room for new ones`,
    details,
  });
}

function counted(records: number): string {
  return records === 1 ? "1 record" : `${records} records`;
}
