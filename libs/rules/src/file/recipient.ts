/** Whom a rule has told beside the routes of its alerts. */
export type Recipient =
  | { readonly kind: "email"; readonly address: string }
  /** By their contact methods. */
  | { readonly kind: "user"; readonly user: string }
  /** Whoever is on call when they are told. */
  | { readonly kind: "schedule"; readonly schedule: string }
  /** Of alertmanager.yml. */
  | { readonly kind: "receiver"; readonly receiver: string };

/** How long a recipient may be written: an address has 254 characters at most (RFC 5321, errata 1690). */
const maxChars = 254;
/** One address without a name, comments or quotes, of which mail programs would make several. */
const address = /^[^\s@,;:<>()[\]"\\]+@[^\s@,;:<>()[\]"\\]+$/;

/**
 * Reads a recipient: `ops@example.com`, `schedule:platform`, `receiver:ops-chat`, `user:ann`, or `ann` alone. Undefined when it is none of
 * these.
 */
export function parseRecipient(text: string): Recipient | undefined {
  if (text.length > maxChars || /\p{Cc}/u.test(text) || !text.isWellFormed()) return undefined;
  const [, kind, name = ""] = /^(user|schedule|receiver):(.+)$/.exec(text) ?? [];
  switch (kind) {
    case "user":
      return { kind, user: name };
    case "schedule":
      return { kind, schedule: name };
    case "receiver":
      return { kind, receiver: name };
    default:
  }
  if (text.includes("@")) return address.test(text) ? { kind: "email", address: text } : undefined;
  return text === "" || text.includes(":") ? undefined : { kind: "user", user: text };
}
