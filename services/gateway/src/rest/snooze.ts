import { invalid } from "@sightline/errors/app-error";
import { z } from "zod";
import { momentInput, msOfMoment } from "../json/scalars.ts";

const MAX_SECONDS = 366 * 24 * 3600;

/** Until when something is snoozed, as it is sent. */
export const snoozeFields = {
  until: momentInput.optional(),
  forSeconds: z.int().min(1).max(MAX_SECONDS).optional().describe("In place of until"),
};

/** How long it lasts is for the alerter to count, whose clock ends it; the time by ours is for alerters of the version before. */
export interface SnoozeTime {
  readonly untilUnixMs: bigint;
  readonly forMs?: bigint;
}

/** Throws invalid_argument for neither of both, and for both. */
export function snoozeTime(
  { until, forSeconds }: z.output<z.ZodObject<typeof snoozeFields>>,
  nowMs: number,
): SnoozeTime {
  if (until !== undefined && forSeconds === undefined) return { untilUnixMs: msOfMoment(until) };
  if (forSeconds === undefined || until !== undefined) {
    throw invalid("cannot snooze: want either until or forSeconds");
  }
  return { untilUnixMs: BigInt(nowMs + forSeconds * 1000), forMs: BigInt(forSeconds) * 1000n };
}
