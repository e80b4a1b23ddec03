import type { AlertGroup, RoutedAlert } from "@sightline/proto/sightline/alert/v1/alertmanager_service";
import {
  ListAlertGroupsRequest,
  ListRoutedAlertsRequest,
  PostAlertsRequest,
} from "@sightline/proto/sightline/alert/v1/alertmanager_service";
import type { Receiver } from "./receiver.ts";
import { type Alerter, ofTenant } from "./world.ts";

/** Puts a configuration that tells one webhook of everything, by team. */
export async function routeTo(alerter: Alerter, { url }: Pick<Receiver, "url">, repeatInterval = "1h"): Promise<void> {
  const source = `
route:
  receiver: everybody
  group_by: [team]
  group_wait: 50ms
  group_interval: 200ms
  repeat_interval: ${repeatInterval}
receivers:
  - name: everybody
    webhook_configs: [{ url: "${url}" }]
`;
  const request = { source, templates: {}, author: "ann", onlyCheck: false, keepTemplates: false };
  await alerter.alertmanager.call("putConfiguration", request, ofTenant);
}

/** Sends alerts as Prometheus does. */
export async function post(alerter: Alerter, ...alerts: Record<string, string>[]): Promise<void> {
  const request = PostAlertsRequest.fromPartial({ alerts: alerts.map((labels) => ({ labels })) });
  await alerter.alertmanager.call("postAlerts", request, ofTenant);
}

/** Says that one is over. */
export async function end(alerter: Alerter, labels: Record<string, string>): Promise<void> {
  const alerts = [{ labels, endsAtUnixMs: BigInt(Date.now()) }];
  await alerter.alertmanager.call("postAlerts", PostAlertsRequest.fromPartial({ alerts }), ofTenant);
}

/** What fires, as Alertmanager's API tells it. */
export async function routedAlerts(alerter: Alerter): Promise<RoutedAlert[]> {
  const found: RoutedAlert[] = [];
  const request = ListRoutedAlertsRequest.fromPartial({});
  for await (const piece of alerter.alertmanager.stream("listRoutedAlerts", request, ofTenant)) {
    found.push(...piece.alerts);
  }
  return found;
}

/** The groups of what fires. */
export async function alertGroups(alerter: Alerter): Promise<AlertGroup[]> {
  const found: AlertGroup[] = [];
  const request = ListAlertGroupsRequest.fromPartial({});
  for await (const piece of alerter.alertmanager.stream("listAlertGroups", request, ofTenant)) {
    found.push(...piece.groups);
  }
  return found;
}

/** What a receiver was told: why, and the status and name of each alert. */
export function toldOf({ received }: Receiver): [string | undefined, string[]][] {
  return received.map(({ body }) => [
    body.notification_reason,
    body.alerts.map(({ status, labels }) => `${status} ${labels["alertname"]}`).sort(),
  ]);
}
