import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { AppError, unavailable } from "@sightline/errors/app-error";
import { parseDetails } from "@sightline/events/details";
import { validateEvent } from "@sightline/events/validate";
import { nanosOfMs } from "@sightline/model/time";
import { createPool, type Pool } from "@sightline/postgres/pool";
import { EventBatch, Severity, type SystemEvent } from "@sightline/proto/sightline/event/v1/event";
import { quietLog } from "@sightline/testkit/quiet-log";
import type { TestServer } from "@sightline/testkit/servers";
import { testDatabase } from "@sightline/testkit/test-database";
import { Registry } from "prom-client";
import { beginAlert, moveAlert } from "../alerts/step.ts";
import { createAlerterMetrics } from "../metrics.ts";
import { metricRule, tenantWith } from "../testing/rules.ts";
import { eventOfChange, type RecordedChange } from "./alert-event.ts";
import { publishChanges } from "./publish-changes.ts";

describe("telling the bus", () => {
  let database: TestServer;
  let sql: Pool;
  before(async () => {
    database = await testDatabase();
    sql = createPool({ url: database.url, maxConnections: 4 }, { log: quietLog });
  });
  after(async () => {
    await sql.close();
    await database.stop();
  });

  test("every change is told once and in order, also across outages", async () => {
    const { tenant, rule } = await tenantWith(sql, metricRule());
    const base = { reason: "test", actor: "rule", note: "", value: 11, atMs: 1_800_000_000_000, channels: [] };
    await sql.transaction(async (tx) => {
      const draft = { tenant, alertId: crypto.randomUUID(), ruleId: rule.ruleId, ruleName: rule.name };
      const about = {
        fingerprint: "a".repeat(16),
        severity: "error",
        labels: {},
        annotations: {},
        summary: "s",
      } as const;
      const fired = await beginAlert(tx, { ...draft, ...about }, { ...base, to: "firing" });
      assert.ok(fired);
      const taken = await moveAlert(tx, fired, { ...base, to: "acknowledged", actor: "ada" });
      assert.ok(taken);
      await moveAlert(tx, taken, { ...base, to: "resolved", value: Number.NaN });
    });
    const published: { event: SystemEvent | undefined; msgId: string; tenant: string }[] = [];
    let calls = 0;
    const publisher = {
      publish: async (payload: Uint8Array, options: { tenant: string; msgId: string }) => {
        const [event] = EventBatch.decode(payload).events;
        published.push({ event, msgId: options.msgId, tenant: options.tenant });
        // The second time the bus has it, but we never hear of that.
        if (++calls === 2) throw unavailable("cannot publish: the bus went away");
      },
    };
    const options = { sql, publisher, clock: Date.now, metrics: createAlerterMetrics(new Registry()) };
    const { signal } = new AbortController();
    await assert.rejects(publishChanges(options, signal), AppError);
    await publishChanges(options, signal);
    await publishChanges(options, signal);
    assert.deepEqual(
      published.map(({ event }) => event?.eventType),
      ["alert_firing", "alert_acknowledged", "alert_acknowledged", "alert_resolved"],
    );
    assert.deepEqual(published[2], published[1]);
    assert.equal(new Set(published.map(({ msgId }) => msgId)).size, 3);
    assert.ok(published.every((one) => one.tenant === tenant && one.msgId === one.event?.eventId));
  });
});

test("the event of a change", () => {
  const change: RecordedChange = {
    changeId: "7",
    changedAt: new Date("2026-11-21T01:50:39.123Z"),
    from: "pending",
    to: "firing",
    reason: "held_long_enough",
    actor: "rule",
    note: "93, threshold > 85",
    value: Number.POSITIVE_INFINITY,
    alert: {
      tenant: "default",
      alertId: "018bcfe5-6800-7bab-abab-abababababab",
      ruleId: "018bcfe5-6800-7bab-abab-abababababac",
      ruleName: "High CPU usage",
      fingerprint: "0123456789abcdef",
      state: "resolved",
      severity: "critical",
      labels: { "host.name": "web-1", severity: "critical" },
      annotations: {},
      summary: "é".repeat(600),
      value: 3,
      pendingSince: null,
      firedAt: null,
      acknowledgedAt: null,
      acknowledgedBy: "",
      resolvedAt: null,
      resolvedBy: "",
      origin: "rule",
      ruleFile: "",
      ruleGroup: "",
      recipients: [],
    },
  };
  const event = eventOfChange(change);
  assert.deepEqual(eventOfChange(change), event);
  assert.notEqual(eventOfChange({ ...change, changeId: "8" }).eventId, event.eventId);
  assert.deepEqual(
    [event.eventType, event.severity, event.target, event.category],
    ["alert_firing", Severity.CRITICAL, "web-1", "alert"],
  );
  assert.equal(event.timeUnixNano, nanosOfMs(change.changedAt.getTime()));
  assert.deepEqual(parseDetails(event.details), {
    alert_id: change.alert.alertId,
    rule_id: change.alert.ruleId,
    rule_name: "High CPU usage",
    fingerprint: "0123456789abcdef",
    state: "firing",
    previous_state: "pending",
    reason: "held_long_enough",
    actor: "rule",
    value: "Infinity",
    labels: change.alert.labels,
  });
  const received = { receivedUnixNano: event.observedTimeUnixNano, newId: () => "" };
  assert.deepEqual(validateEvent(event, received), { event });
});
