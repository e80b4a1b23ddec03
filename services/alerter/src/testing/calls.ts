import assert from "node:assert/strict";
import { AppError, type ErrorCode } from "@sightline/errors/app-error";
import {
  type Alert,
  type Channel,
  ListAlertsRequest,
  type Rule,
} from "@sightline/proto/sightline/alert/v1/alert_service";
import { eventually } from "@sightline/testkit/eventually";
import { type Alerter, ofTenant } from "./world.ts";

/** The alerts that a request finds; by default the open ones. */
export async function list(alerter: Alerter, request: Partial<ListAlertsRequest> = {}): Promise<Alert[]> {
  const whole = { ...ListAlertsRequest.fromPartial({}), ...request };
  return (await alerter.client.call("listAlerts", whole, ofTenant)).alerts;
}

/** What is open, once there is so much. */
export function listed(alerter: Alerter, count: number): Promise<Alert[]> {
  return eventually(async () => {
    const alerts = await list(alerter);
    assert.equal(alerts.length, count);
    return alerts;
  });
}

export async function putRule(alerter: Alerter, rule: Rule): Promise<Rule> {
  const answer = await alerter.client.call("putRule", { rule }, ofTenant);
  assert.ok(answer.rule);
  return answer.rule;
}

export async function putConsole(alerter: Alerter, name: string): Promise<void> {
  await alerter.client.call("putChannel", { channel: { name, kind: { $case: "console", value: {} } } }, ofTenant);
}

/** Puts the channel `hook`. */
export async function putWebhook(
  alerter: Alerter,
  url: string,
  change: { bearerToken?: string; timeoutMs?: number } = {},
) {
  const webhook = { url, timeoutMs: 1000, retryAttempts: 3, retryDelayMs: 100, bearerToken: "", hasBearerToken: false };
  const channel: Channel = { name: "hook", kind: { $case: "webhook", value: { ...webhook, ...change } } };
  return (await alerter.client.call("putChannel", { channel }, ofTenant)).channel;
}

/** Fails the test unless the call is refused with that code. */
export async function fails(work: Promise<unknown>, code: ErrorCode, says = /./): Promise<void> {
  await assert.rejects(work, (error) => {
    assert.ok(error instanceof AppError, String(error));
    assert.equal(error.code, code, error.message);
    assert.match(error.message, says);
    return true;
  });
}
