import assert from "node:assert/strict";
import { test } from "node:test";
import type { Dispatcher } from "@sightline/alertmanager/dispatch/dispatcher";
import { isResolved } from "@sightline/alertmanager/dispatch/kept-alert";
import { createRoomWatch } from "./room-watch.ts";
import { createTestDispatcher } from "./testing/test-dispatcher.ts";

const nowMs = Date.UTC(2026, 0, 5);

function near(dispatcher: Dispatcher, atMs: number): (string | undefined)[] {
  return dispatcher
    .snapshot()
    .alerts.filter((alert) => !isResolved(alert, atMs) && alert.labels["alertname"] === "SightlineAlertsNearLimit")
    .map(({ labels }) => labels["bound"]);
}

test("before there is no room left for alerts that is an alert, and it ends when there is room again", () => {
  const limits = { maxAlerts: 100, maxGroups: 1000 };
  const dispatcher = createTestDispatcher(limits);
  const watch = createRoomWatch({ dispatcher, ...limits });
  const put = (from: number, to: number, endsAtMs?: number) => {
    const hosts = Array.from({ length: to - from }, (_, at) => ({ alertname: "Down", host: `${from + at}` }));
    const refused = dispatcher.put(
      hosts.map((labels) => ({ labels, ...(endsAtMs !== undefined && { endsAtMs }) })),
      nowMs,
    );
    watch.look(nowMs);
    return refused.length;
  };
  put(0, 94);
  assert.deepEqual(near(dispatcher, nowMs), []);
  put(94, 95);
  assert.deepEqual(near(dispatcher, nowMs), ["alerts"]);
  assert.equal(put(95, 110), 11, "there was room for it among those that found none");
  put(0, 50, nowMs);
  for (const flush of dispatcher.advance(nowMs + 60_000)) dispatcher.delivered(flush, { nowMs: nowMs + 60_000 });
  dispatcher.advance(nowMs + 3_600_000);
  watch.look(nowMs + 3_600_000);
  assert.deepEqual(near(dispatcher, nowMs + 3_600_000), []);
});
