import assert from "node:assert/strict";
import { test } from "node:test";
import { loadConfig } from "@sightline/alertmanager/config/config";
import { dispatchConfigOf } from "@sightline/alertmanager/dispatch/dispatch-config";
import type { KeptAlert } from "@sightline/alertmanager/dispatch/kept-alert";
import { fingerprintOf } from "@sightline/alertmanager/fingerprint";
import { createTemplates } from "@sightline/alertmanager/template/templates";
import { createTenantDispatch } from "./tenant-dispatch.ts";

const SECOND_MS = 1000;
const HOUR_MS = 3600 * SECOND_MS;

const source = `
route: { receiver: ops, group_by: [alertname], group_wait: 30s, group_interval: 2h }
receivers: [{ name: ops, webhook_configs: [{ url: "http://127.0.0.1:1/" }] }]
`;

/** What of a tenant's alerts is told; times are seconds. */
function begin(alerts: readonly KeptAlert[] = []) {
  const tenant = createTenantDispatch({
    tenant: "t",
    configuration: {
      version: 1,
      ...{ shown: source, plain: source, receivers: [], templates: createTemplates([], { now: () => 0 }) },
      dispatch: dispatchConfigOf(loadConfig(source)),
      contactIntegration: () => undefined,
      integrationOf: () => undefined,
    },
    silences: [],
    windows: [],
    snapshot: { alerts, groups: [], log: [], acknowledgements: [], assignments: [] },
    limits: {
      ...{ maxAlerts: 10, maxGroups: 10, maxSilences: 10, silenceRetentionMs: HOUR_MS },
      ...{ failuresUntilAlert: 3, failingForMs: HOUR_MS },
    },
    externalUrl: "",
    newId: () => "id",
    nowMs: 0,
  });
  return {
    alerts: () => tenant.dispatcher.snapshot().alerts,
    changes: () => tenant.dispatcher.changes(),
    take: (second: number, ...entries: unknown[]) => tenant.take(entries, second * SECOND_MS),
    /** What is told then, as `status instance`. */
    told(second: number) {
      return tenant.dispatcher.advance(second * SECOND_MS).flatMap((flush) => {
        tenant.dispatcher.delivered(flush, { nowMs: second * SECOND_MS });
        return flush.notification.alerts.map(({ status, labels }) => `${status} ${labels["instance"]}`);
      });
    },
  };
}

const posted = (instance: string, more: object = {}) => ({
  kind: "alerts",
  alerts: [{ labels: { alertname: "A", instance }, startsAtMs: 0, ...more }],
});

test("an alert of which it is found out when it is over is told all the same, and that it is over", () => {
  const { take, told } = begin();
  take(0, posted("late", { endsAtMs: 1, isOver: true }));
  assert.deepEqual(told(30), ["firing late"]);
  // Its group was told just now, and is not due for a while.
  take(31, posted("later", { endsAtMs: 1, isOver: true }));
  assert.deepEqual(told(30 + 2 * 3600), ["firing late", "firing later"]);
  assert.deepEqual(told(30 + 4 * 3600), ["resolved late", "resolved later"]);
});

test("an alert that fires and is over before anybody was told is nothing to tell of", () => {
  const { take, told } = begin();
  const { alerts } = posted("short", { endsAtMs: HOUR_MS });
  take(0, { kind: "alerts", alerts }, { kind: "ended", alerts });
  assert.deepEqual(told(30), []);
});

test("what a former version said of a receiver for good ends within a day of the upgrade, and is kept so", () => {
  const labels = {
    ...{ alertname: "SightlineReceiverUnreachable", source: "sightline", severity: "critical" },
    ...{ receiver: "ops", integration: "webhook[0]" },
  };
  const endless = {
    ...{ fingerprint: fingerprintOf(labels), labels, annotations: {}, generatorUrl: "", timeout: false },
    ...{ startsAtMs: -HOUR_MS, updatedAtMs: -HOUR_MS, endsAtMs: 876_000 * HOUR_MS },
  };
  const tenant = begin([endless]);
  assert.deepEqual(
    tenant.alerts().map(({ startsAtMs, endsAtMs }) => [startsAtMs, endsAtMs]),
    [[-HOUR_MS, 24 * HOUR_MS]],
  );
  assert.deepEqual(
    tenant.changes().alerts.changed.map(({ endsAtMs }) => endsAtMs),
    [24 * HOUR_MS],
  );
});
