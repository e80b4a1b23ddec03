import type { Notification, NotificationReason } from "@sightline/alertmanager/notification";
import type { ReceiverData } from "../channels/integration.ts";
import type { FlushMessage } from "../dispatch/send-flush.ts";
import type { Contact, KeptContact } from "./contact.ts";

export interface MessageOptions {
  /** What was told of the group last. */
  readonly notification: Notification;
  /** What the outlet left when it was told of this before; undefined: it was not. */
  readonly before: ReceiverData | undefined;
  readonly nowMs: number;
}

/** As long as that one contact is tried. Whoever goes on after somebody else was killed tries it so long again. */
const TRIED_FOR_MS = 15 * 60_000;

/** What a contact is told, as channels are told it. */
export function messageOf({ contact, dueAtMs }: KeptContact, options: MessageOptions): FlushMessage {
  const { receiver, integration, index, news, acknowledgement } = contact;
  const { notification, before, nowMs } = options;
  const told = { ...notification, receiver, reason: reasonOf(news, before !== undefined) };
  return {
    groupKey: notification.groupKey,
    receiver,
    integration,
    index,
    notification: told,
    // The same for each attempt, whoever makes it.
    atMs: dueAtMs,
    deadlineMs: nowMs + TRIED_FOR_MS,
    receiverData: before ?? {},
    ...(acknowledgement !== undefined && { acknowledgement: { ...acknowledgement, atMs: dueAtMs } }),
  };
}

function reasonOf(news: Contact["news"], wasTold: boolean): NotificationReason {
  if (news === "resolved") return "all alerts resolved";
  return wasTold ? "repeat interval elapsed" : "first notification";
}
