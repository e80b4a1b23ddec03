import type { DispatchConfig, Integration } from "@sightline/alertmanager/dispatch/dispatch-config";
import { recipientRoute } from "@sightline/alertmanager/route/recipient-route";
import { ownerOf, receiverOf } from "./recipient-receiver.ts";

/** By what an address is told, and a user or a schedule. */
export const RECIPIENT_KINDS = { email: "email", user: "escalation", schedule: "escalation" } as const;

/**
 * A configuration in which recipients of rules are told beside the routes: a receiver that it has, or one of their own.
 *
 * @param receivers the names of those that it has
 */
export function withRecipients(config: DispatchConfig, receivers: ReadonlySet<string>): DispatchConfig {
  return {
    ...config,
    recipientRoute(recipient) {
      const receiver = receiverOf(recipient);
      const isThere = receiver !== undefined && (receivers.has(receiver) || ownerOf(receiver) !== undefined);
      return isThere ? recipientRoute(config.route, { recipient, receiver }) : undefined;
    },
    integrationsOf: (receiver) => (receivers.has(receiver) ? config.integrationsOf(receiver) : ownOf(receiver)),
  };
}

function ownOf(receiver: string): readonly Integration[] {
  const owner = ownerOf(receiver);
  if (owner === undefined) return [];
  const kind = RECIPIENT_KINDS[owner.kind];
  return [{ kind, index: 0, sendResolved: true, acknowledges: kind === "escalation" }];
}
