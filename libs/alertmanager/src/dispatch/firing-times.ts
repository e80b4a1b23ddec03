import { RECEIVED_REASONS, saysFiring } from "./decision.ts";

/** A time in which an alert fired. */
export interface FiringTime {
  readonly startMs: number;
  readonly endMs: number;
}

/** What of a decision says when alerts began to fire and ended. */
export interface FiringRecord {
  readonly atMs: number;
  readonly step: string;
  readonly reason: string;
  readonly fingerprints: readonly string[];
}

/**
 * When alerts fired, by fingerprint, as far as decisions of a time say it: what ended without having begun began before that time,
 * unless it was over when it came in; what did not end fires until its end.
 *
 * @param records oldest first
 */
export function firingTimes(
  records: Iterable<FiringRecord>,
  { startMs, endMs }: FiringTime,
): Map<string, readonly FiringTime[]> {
  const open = new Map<string, number>();
  const over = new Map<string, FiringTime[]>();
  for (const record of records) {
    const change = changeOf(record);
    if (change === undefined) continue;
    for (const fingerprint of record.fingerprints) {
      const times = over.get(fingerprint);
      if (times === undefined) over.set(fingerprint, []);
      if (change === "began") {
        if (!open.has(fingerprint)) open.set(fingerprint, record.atMs);
        continue;
      }
      // It is told once that its sender ended it, and once more when everybody was told of that.
      const sinceMs = open.get(fingerprint) ?? (times === undefined && change === "ended" ? startMs : undefined);
      if (sinceMs === undefined) continue;
      over.get(fingerprint)?.push({ startMs: sinceMs, endMs: record.atMs });
      open.delete(fingerprint);
    }
  }
  for (const [fingerprint, sinceMs] of open) over.get(fingerprint)?.push({ startMs: sinceMs, endMs });
  return over;
}

function changeOf(record: FiringRecord): "began" | "ended" | "over already" | undefined {
  const { step, reason } = record;
  if (saysFiring(record)) return "began";
  if (step === "received" && reason === RECEIVED_REASONS["over already"]) return "over already";
  return step === "received" || step === "resolved" ? "ended" : undefined;
}
