/** What is wrong with what is being walked. */
export interface Refusing {
  /** With the record or group at hand; "" when nothing is. */
  violation: string;
  /** The first violation of all. */
  reason: string;
}

/** Notes that the record or group at hand is to be refused. */
export function violate(walk: Refusing, violation: string): void {
  if (walk.violation === "") walk.violation = violation;
  if (walk.reason === "") walk.reason = violation;
}
