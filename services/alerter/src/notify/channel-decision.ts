import { fingerprintOf } from "@sightline/alertmanager/fingerprint";
import type { Alert } from "../alerts/alert.ts";
import { routedLabels } from "../alerts/routed-entry.ts";
import type { RecordedDecision } from "../dispatch/decision-store.ts";

/** What is decided about telling a channel of alerts. */
export type ChannelDecided = Pick<RecordedDecision, "step" | "reason" | "ids" | "integration" | "atMs">;

/** A decision about a channel, to stand among those about the receivers of routes, of which one may have its name. */
export function channelDecision(channel: string, alerts: readonly Alert[], decided: ChannelDecided): RecordedDecision {
  const fingerprints = alerts.map((alert) => fingerprintOf(routedLabels(alert)));
  return { ...decided, fingerprints, receiver: `channel:${channel}` };
}
