import type { Dispatcher } from "@sightline/alertmanager/dispatch/dispatcher";
import { isResolved } from "@sightline/alertmanager/dispatch/kept-alert";
import { fingerprintOf } from "@sightline/alertmanager/fingerprint";

export interface RoomWatchOptions {
  readonly dispatcher: Pick<Dispatcher, "put" | "alert" | "stats">;
  readonly maxAlerts: number;
  readonly maxGroups: number;
}

/**
 * Raises an alert while there is hardly room for more alerts or groups: what finds none is not told of, which nobody notices by
 * themselves. It is raised while there is still room for it.
 */
export interface RoomWatch {
  /** To be called after alerts were taken, and now and then. */
  look(nowMs: number): void;
}

/** The name of these alerts. */
export const ALERTS_NEAR_LIMIT = "SightlineAlertsNearLimit";

/** Of what there may be. It ends below the second, so that it does not come and go. */
const RAISED_FROM = 0.95;
const ENDED_BELOW = 0.9;
/** It does not end by itself. */
const FAR_MS = 100 * 365 * 24 * 3_600_000;

/** Makes it. */
export function createRoomWatch({ dispatcher, maxAlerts, maxGroups }: RoomWatchOptions): RoomWatch {
  const watched = [
    { labels: labelsOf("alerts"), key: "maxAlerts", max: maxAlerts, count: () => dispatcher.stats().alerts },
    { labels: labelsOf("groups"), key: "maxGroups", max: maxGroups, count: () => dispatcher.stats().groups },
  ].map((one) => ({ ...one, fingerprint: fingerprintOf(one.labels) }));

  function firesNow(fingerprint: string, nowMs: number): boolean {
    const status = dispatcher.alert(fingerprint, nowMs);
    return status !== undefined && !isResolved(status.alert, nowMs);
  }

  return {
    look(nowMs) {
      for (const { labels, fingerprint, key, max, count } of watched) {
        const share = count() / max;
        // Between the two everything stays as it is.
        if (share < RAISED_FROM && share >= ENDED_BELOW) continue;
        const isNear = share >= RAISED_FROM;
        if (isNear === firesNow(fingerprint, nowMs)) continue;
        const summary = `There is hardly room for more ${labels.bound}: ${max} are the most.`;
        const description = `What finds no room is not told of. The alerter's dispatch.${key} says how many there may be.`;
        const raised = { labels, annotations: { summary, description }, startsAtMs: nowMs, endsAtMs: nowMs + FAR_MS };
        dispatcher.put([isNear ? raised : { labels, endsAtMs: nowMs }], nowMs);
      }
    },
  };
}

function labelsOf(bound: "alerts" | "groups") {
  return { alertname: ALERTS_NEAR_LIMIT, severity: "critical", source: "sightline", bound };
}
