/** Why a record is refused while its neighbours are taken. */
export const REFUSAL_REASONS = [
  "ids",
  "name",
  "attributes",
  "key_bytes",
  "value_bytes",
  "value_depth",
  "record_bytes",
  "shared_bytes",
  "too_old",
  "too_new",
  "series",
] as const;
export type RefusalReason = (typeof REFUSAL_REASONS)[number];

/** What is wrong with what is being walked. */
export interface Refusing {
  /** With the record or group at hand; "" when nothing is. */
  violation: RefusalReason | "";
  /** The first violation of all, in words. */
  firstMessage: string;
}

/** Notes that the record or group at hand is to be refused. The message counts only for the first violation of all. */
export function violate(walk: Refusing, reason: RefusalReason, message: string): void {
  if (walk.violation === "") walk.violation = reason;
  if (walk.firstMessage === "") walk.firstMessage = message;
}
