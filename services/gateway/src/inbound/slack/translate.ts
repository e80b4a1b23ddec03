import type { Told } from "../told.ts";

/**
 * What somebody pressed below a message of ours. What the buttons mean knows who made them, the alerter. Slack gives a request no id; its
 * signature, of the time and all that it says, is as good: one that is sent again within its five minutes does nothing.
 */
export function translateSlack(payload: unknown, signature: string | undefined): Told {
  return { deliveryId: signature, alerts: [], events: [], dropped: [], interaction: { channel: "slack", payload } };
}
