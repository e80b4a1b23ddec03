import { xxhash64 } from "@sightline/query/promql/xxhash64";

/**
 * The last time not after `nowMs` at which a group is to be evaluated: each `intervalMs`, shifted by what its key comes to, so that groups of the same
 * interval do not ask at the same time, and every process that evaluates the group does so at the same times (rules/group.go, EvalTimestamp).
 */
export function evaluationSlotMs(key: string, intervalMs: number, nowMs: number): number {
  const offsetMs = Number(xxhash64(Buffer.from(key)) % BigInt(intervalMs));
  return Math.floor((nowMs - offsetMs) / intervalMs) * intervalMs + offsetMs;
}
