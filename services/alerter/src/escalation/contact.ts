import { z } from "zod";
import { groupHash } from "../channels/group-hash.ts";
import { keptNotification } from "./escalation.ts";

const recipient = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("user"), user: z.string() }),
  z.object({ kind: z.literal("receiver"), receiver: z.string() }),
]);

const contactFields = z.object({
  recipient,
  receiver: z.string(),
  /** The kind of integration, such as `email`, and its place among those of its kind. */
  integration: z.string(),
  index: z.number(),
  /** Where the user is there; "": where the receiver leads by itself. */
  address: z.string(),
  /** What is told: that a group fires, that somebody takes care of it, that it is over; or who is on call from now on. */
  news: z.enum(["firing", "acknowledged", "resolved", "handover"]),
  acknowledgement: z.object({ by: z.string(), note: z.string() }).optional(),
  /** Of what belongs to no escalation. */
  notification: keptNotification.optional(),
});

/** One integration of one receiver that is to be told something, for somebody. */
export type Contact = Readonly<z.infer<typeof contactFields>>;

/** One that is due at a time, on an occasion: on each of them it comes once. */
export interface PlannedContact extends Contact {
  readonly occasion: string;
  readonly dueAtMs: number;
}

/** Which outlet it is: who is told there is told in the same thread. */
export function outletOf({ receiver, integration, index, address }: Contact): string {
  return JSON.stringify([receiver, integration, index, address]);
}

/** What makes it another contact than others about the same. */
export function contactKeyOf(contact: PlannedContact): string {
  return groupHash(`${contact.occasion} ${contact.news} ${outletOf(contact)}`);
}

/** Which contact it is. */
export interface ContactPlace {
  readonly tenant: string;
  /** An escalation's id, or what is no escalation. */
  readonly about: string;
  readonly contactKey: string;
}

/** A row whose place alone is read. */
export const contactPlace = z
  .looseObject({ tenant: z.string(), about: z.string(), contact_key: z.string() })
  .transform((row) => {
    const place: ContactPlace = { tenant: row.tenant, about: row.about, contactKey: row.contact_key };
    return { place, row };
  });

const receiverData = z.record(z.string(), z.union([z.string(), z.number()]));

export const contactRow = z
  .object({
    tenant: z.string(),
    about: z.string(),
    contact_key: z.string(),
    contact: contactFields,
    due_at: z.date(),
    status: z.enum(["due", "told", "failed", "dropped"]),
    receiver_data: receiverData,
  })
  .transform((row) => ({
    tenant: row.tenant,
    /** An escalation's id, or what is no escalation. */
    about: row.about,
    contactKey: row.contact_key,
    contact: row.contact,
    dueAtMs: row.due_at.getTime(),
    status: row.status,
    receiverData: row.receiver_data,
  }));

/** A contact as it is kept. */
export type KeptContact = Readonly<z.infer<typeof contactRow>>;
