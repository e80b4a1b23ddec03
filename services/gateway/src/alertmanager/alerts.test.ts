import assert from "node:assert/strict";
import { test } from "node:test";
import type { PostAlertsRequest } from "@sightline/proto/sightline/alert/v1/alertmanager_service";
import { readPostedAlerts } from "./posted-alerts.ts";

const names = ({ alerts }: Pick<PostAlertsRequest, "alerts"> | ReturnType<typeof readPostedAlerts>) =>
  alerts.map(({ labels, place }) => [labels["alertname"], place]);
const alert = (alertname: string, more: object = {}) => ({ labels: { alertname }, ...more });

test("an alert of a rule with a long expression is taken as any other", () => {
  const generatorURL = `http://prometheus.example/graph?g0.expr=${"%28up%29".repeat(4000)}`;
  const { alerts, refusals } = readPostedAlerts([alert("A"), alert("B", { generatorURL })]);
  assert.deepEqual(refusals, []);
  assert.equal(alerts[1]?.generatorUrl, generatorURL);
});

test("what is wrong with one alert is no other's trouble", () => {
  const read = readPostedAlerts([
    alert("A", { startsAt: "yesterday" }),
    alert("B", { startsAt: "2026-11-21T00:00:00Z", endsAt: "0001-01-01T00:00:00Z" }),
    { labels: { alertname: 1 } },
    "no alert",
    {},
    alert("C", { annotations: null, generatorURL: null }),
  ]);
  assert.deepEqual(names(read), [
    ["B", 1],
    ["C", 5],
  ]);
  assert.deepEqual(
    read.refusals.map((refusal) => refusal.replace(/(: \S+: ).*/, "$1…")),
    [
      "cannot take alert 0: startsAt: …",
      "cannot take alert 2: labels.alertname: …",
      "cannot take alert 3: it: …",
      "cannot take alert 4: labels: …",
    ],
  );
  assert.equal(read.alerts[0]?.endsAtUnixMs, undefined);
});

test("as many as are sent are taken", () => {
  assert.equal(readPostedAlerts(Array.from({ length: 20_001 }, () => alert("A"))).alerts.length, 20_001);
});

test("what is no list is refused", () => {
  assert.throws(() => readPostedAlerts({ alerts: [] }), /cannot read body: /);
});
