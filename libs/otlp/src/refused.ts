import type { Cut } from "./cut-out.ts";
import type { RefusalReason } from "./violation.ts";

/** Records beside each other that were refused together. */
export interface RefusedRecords {
  /** The place of the first among the request's records, from 0. */
  readonly first: number;
  readonly records: number;
  readonly reason: RefusalReason;
}

/** What was refused of a request. */
export interface Refused {
  readonly records: number;
  /** Why the first one was, and how many were for each reason when there are several; "" when none was. */
  readonly message: string;
  /** Why the first one was, and nothing else; "" when none was. */
  readonly firstMessage: string;
  readonly reasons: ReadonlyMap<RefusalReason, number>;
  /** Which they were, in the order of the request; not told of points of new series. */
  readonly which: readonly RefusedRecords[];
}

/** What is said of a request that is in order. */
export const NOTHING_REFUSED: Refused = { records: 0, message: "", firstMessage: "", reasons: new Map(), which: [] };

/** What is cut out: a record, or a group with all of its records. */
export interface RefusedCut extends Cut, RefusedRecords {}

/** @param firstMessage why the first record was refused */
export function refusedOf(cuts: readonly RefusedCut[], firstMessage: string): Refused {
  const reasons = new Map<RefusalReason, number>();
  let records = 0;
  for (const cut of cuts) {
    records += cut.records;
    reasons.set(cut.reason, (reasons.get(cut.reason) ?? 0) + cut.records);
  }
  if (records === 0) return NOTHING_REFUSED;
  if (records === 1) return { records, message: firstMessage, firstMessage, reasons, which: cuts };
  const tally = [...reasons].map(([reason, count]) => `${reason} ${count}`).join(", ");
  const several = reasons.size > 1 ? ` (${tally})` : "";
  const message = `${records} records were refused${several}, the first because: ${firstMessage}`;
  return { records, message, firstMessage, reasons, which: cuts };
}
