/** Why a user was told of an alert or was not, the nearest to being told first. */
export const PAGING_REASONS = [
  "paged",
  /** It was sent, and the channel did not take it. */
  "failed",
  /** The user's own wish. */
  "quiet_hours",
  /** The user was to be told, and has no contact method for it. */
  "no_contact",
  "acknowledged",
  /** The escalation had not come to the user. */
  "not_reached",
  /** The step that leads to the user did not count. */
  "left_out",
  "not_on_call",
  "silenced",
  "maintenance",
  "muted_by_time",
  "outside_active_times",
  "inhibited",
  /** Its group was still waiting for more alerts. */
  "waiting",
  /** Told before, and not due again. */
  "told_before",
  "nothing_due",
  "routed_elsewhere",
  /** No alert fired, since a rule had no data, had them too late or failed. */
  "rule_failed",
  /** No alert fired; the condition of a rule did not hold long enough. */
  "pending",
  "no_alert",
] as const;

export type PagingReason = (typeof PAGING_REASONS)[number];

/** What became of one alert for one user. */
export interface Verdict {
  readonly reason: PagingReason;
  /** What goes after "You were paged" or "You were not paged:". */
  readonly text: string;
}

/** The verdict that is the nearest to being told. */
export function nearest<T extends { readonly verdict: Verdict }>(all: readonly T[]): T | undefined {
  const place = ({ verdict }: T) => PAGING_REASONS.indexOf(verdict.reason);
  return all.reduce<T | undefined>(
    (best, one) => (best === undefined || place(one) < place(best) ? one : best),
    undefined,
  );
}
