import type { AlertStatus } from "@sightline/alertmanager/dispatch/status";
import { fingerprintOf } from "@sightline/alertmanager/fingerprint";
import { AppError } from "@sightline/errors/app-error";
import type { Logger } from "@sightline/service/logger";
import type { DispatchViews } from "../alertmanager/dispatch-views.ts";
import type { Alert } from "../alerts/alert.ts";
import { routedLabels } from "../alerts/routed-entry.ts";
import type { RecordedDecision } from "../dispatch/decision-store.ts";

/** What hides an alert from a channel, as the record of it has it. */
export type Hiding = Pick<RecordedDecision, "step" | "reason" | "ids">;

/** Tells what hides an alert at a time; undefined while nothing does. */
export type HidingOf = (alert: Alert, nowMs: number) => Hiding | undefined;

/** What hides a tenant's alerts from channels. Rejects while that cannot be told. */
export type HidingIn = (tenant: string) => Promise<HidingOf>;

export interface HidingOptions {
  readonly views: DispatchViews;
  /** What is known without a tenant's configuration. */
  readonly unrouted: DispatchViews;
  readonly log: Logger;
}

/**
 * Hides from channels what is hidden from the receivers of all routes: what is inhibited, silenced or in maintenance, and what is snoozed
 * and fires. Times of routes are theirs alone. Where a tenant's configuration cannot be used nothing is inhibited; all else is hidden as
 * before, since it is no part of it.
 */
export function createHiding({ views, unrouted, log }: HidingOptions): HidingIn {
  return async (tenant) => {
    const view = await views.of(tenant).catch((thrown: unknown) => {
      const error = AppError.from(thrown);
      if (error.retryable) throw error;
      log.warn({ tenant, error: error.message }, "nothing is inhibited: the configuration cannot be used");
      return unrouted.of(tenant);
    });
    const { dispatcher } = view;
    return (alert, nowMs) => {
      const labels = routedLabels(alert);
      const fingerprint = fingerprintOf(labels);
      return (
        dispatcher.hiding({ fingerprint, labels }, nowMs) ??
        (alert.state !== "resolved" && isSnoozed(dispatcher.alert(fingerprint, nowMs), nowMs) ? snoozed : undefined)
      );
    };
  };
}

const snoozed: Hiding = { step: "deduplicated", reason: "somebody has snoozed it" };

function isSnoozed(status: AlertStatus | undefined, nowMs: number): boolean {
  if (status === undefined) return false;
  return [status, ...status.ofGroups].some(({ acknowledgement }) => (acknowledgement?.untilMs ?? 0) > nowMs);
}
