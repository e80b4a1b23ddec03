import type { Cut } from "./cut-out.ts";
import type { RefusalReason } from "./violation.ts";

/** What was refused of a request. */
export interface Refused {
  readonly records: number;
  /** Why the first one was, and how many were for each reason when there are several; "" when none was. */
  readonly message: string;
  readonly reasons: ReadonlyMap<RefusalReason, number>;
}

/** What is said of a request that is in order. */
export const NOTHING_REFUSED: Refused = { records: 0, message: "", reasons: new Map() };

/** What is cut out: a record, or a group with all of its records. */
export interface RefusedCut extends Cut {
  readonly records: number;
  readonly reason: RefusalReason;
}

/** @param firstMessage why the first record was refused */
export function refusedOf(cuts: readonly RefusedCut[], firstMessage: string): Refused {
  const reasons = new Map<RefusalReason, number>();
  let records = 0;
  for (const cut of cuts) {
    records += cut.records;
    reasons.set(cut.reason, (reasons.get(cut.reason) ?? 0) + cut.records);
  }
  if (records === 0) return NOTHING_REFUSED;
  if (records === 1) return { records, message: firstMessage, reasons };
  const tally = [...reasons].map(([reason, count]) => `${reason} ${count}`).join(", ");
  const several = reasons.size > 1 ? ` (${tally})` : "";
  return { records, message: `${records} records were refused${several}, the first because: ${firstMessage}`, reasons };
}
