import { parseRecipient, type Recipient } from "@sightline/rules/file/recipient";

/** A recipient of a rule who is told by a receiver of their own, which no configuration has. */
export type OwnRecipient = Exclude<Recipient, { readonly kind: "receiver" }>;

const prefix = "recipient:";

/** The name of the receiver by which a recipient is told, as decisions and notifications have it; undefined for what is no recipient. */
export function receiverOf(recipient: string): string | undefined {
  const read = parseRecipient(recipient);
  if (read === undefined) return undefined;
  return read.kind === "receiver" ? read.receiver : `${prefix}${recipient}`;
}

/** Whose own receiver it is; undefined for any other. */
export function ownerOf(receiver: string): OwnRecipient | undefined {
  if (!receiver.startsWith(prefix)) return undefined;
  const owner = parseRecipient(receiver.slice(prefix.length));
  return owner?.kind === "receiver" ? undefined : owner;
}
