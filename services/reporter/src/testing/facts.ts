import type { Head } from "../reports/head.ts";
import type { FiredAlert } from "../sources/alerts.ts";

const startMs = Date.parse("2026-11-20T00:00:00Z");

/** A day. */
export const rangeMs = { start: startMs, end: startMs + 86_400_000 };

export const head: Head = {
  report_id: "01890a5d-ac96-774b-bcce-b302099a8057",
  tenant: "default",
  time_range: { start: "2026-11-20T00:00:00.000000000Z", end: "2026-11-21T00:00:00.000000000Z" },
  generated_at: "2026-11-21T00:00:05.000000000Z",
};

export const noEvents = { total: 0, by_severity: [], by_type: [], by_target: [] };

/** Milliseconds since the Unix epoch, so many seconds after the begin of the range. */
export function after(seconds: number): number {
  return startMs + seconds * 1000;
}

/** An alert that fired in the range; seconds count from its begin. */
export function firedAlert({
  firedAfterS = 0,
  acknowledgedAfterS,
  resolvedAfterS,
  ...rest
}: Partial<Pick<FiredAlert, "rule" | "ruleFile" | "labels">> & {
  firedAfterS?: number;
  acknowledgedAfterS?: number;
  resolvedAfterS?: number;
}): FiredAlert {
  return {
    rule: "a rule",
    ruleFile: "",
    severity: "warning",
    summary: "it happened",
    labels: {},
    acknowledgedBy: acknowledgedAfterS === undefined ? "" : "ada",
    firedMs: after(firedAfterS),
    acknowledgedMs: acknowledgedAfterS === undefined ? undefined : after(acknowledgedAfterS),
    resolvedMs: resolvedAfterS === undefined ? undefined : after(resolvedAfterS),
    ...rest,
  };
}
