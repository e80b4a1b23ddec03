/** What one visit found. */
export interface VisitResult {
  readonly up: boolean;
  readonly durationMs: number;
  /** Why it is down; "" when up. */
  readonly error: string;
  /** What else was seen: status codes, sample counts. */
  readonly details: Readonly<Record<string, string | number>>;
}

/** What is known of a target from its visits. */
export interface TargetStatus {
  readonly up: boolean;
  readonly lastVisitMs: number;
  readonly lastDurationMs: number;
  readonly lastError: string;
  /** Since when it is up or down, milliseconds since the Unix epoch. */
  readonly sinceMs: number;
}

/** What a visit means: the status now, and what has changed. */
export interface Transition {
  readonly status: TargetStatus;
  readonly change: "first" | "went_down" | "came_up" | "none";
  /** How long it was in the state before, milliseconds. */
  readonly lastedMs: number;
}

/** The status after a visit. */
export function transition(before: TargetStatus | undefined, result: VisitResult, nowMs: number): Transition {
  const same = before !== undefined && before.up === result.up;
  return {
    status: {
      up: result.up,
      lastVisitMs: nowMs,
      lastDurationMs: result.durationMs,
      lastError: result.error,
      sinceMs: same ? before.sinceMs : nowMs,
    },
    change: before === undefined ? "first" : same ? "none" : result.up ? "came_up" : "went_down",
    lastedMs: before === undefined ? 0 : nowMs - before.sinceMs,
  };
}
