import { xxhash64 } from "@sightline/query/promql/xxhash64";

/** How many times of an interval groups begin at: fewer than groups there may be, so that those of one time are asked together. */
const SHIFTS = 60n;

/**
 * The last time not after `nowMs` at which a group is to be evaluated: each `intervalMs`, shifted by what its key comes to, so that not all groups of
 * the same interval ask at the same time, and every process that evaluates the group does so at the same times (rules/group.go, EvalTimestamp).
 */
export function evaluationSlotMs(key: string, intervalMs: number, nowMs: number): number {
  const offsetMs = Number(((xxhash64(Buffer.from(key)) % SHIFTS) * BigInt(intervalMs)) / SHIFTS);
  return Math.floor((nowMs - offsetMs) / intervalMs) * intervalMs + offsetMs;
}
