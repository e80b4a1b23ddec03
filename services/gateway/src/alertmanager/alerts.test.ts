import assert from "node:assert/strict";
import { test } from "node:test";
import type { PostAlertsRequest } from "@sightline/proto/sightline/alert/v1/alertmanager_service";
import { type PostedAlerts, readPostedAlerts } from "./posted-alerts.ts";

const hurry = () => undefined;
const names = ({ alerts }: Pick<PostAlertsRequest, "alerts"> | PostedAlerts) =>
  alerts.map(({ labels, place }) => [labels["alertname"], place]);
const alert = (alertname: string, more: object = {}) => ({ labels: { alertname }, ...more });

test("an alert of a rule with a long expression is taken as any other", async () => {
  const generatorURL = `http://prometheus.example/graph?g0.expr=${"%28up%29".repeat(4000)}`;
  const { alerts, refusals } = await readPostedAlerts([alert("A"), alert("B", { generatorURL })], hurry);
  assert.equal(refusals.text(), undefined);
  assert.equal(alerts[1]?.generatorUrl, generatorURL);
});

test("what is wrong with one alert is no other's trouble", async () => {
  const sent = [
    alert("A", { startsAt: "yesterday" }),
    alert("B", { startsAt: "2026-11-21T00:00:00Z", endsAt: "0001-01-01T00:00:00Z" }),
    { labels: { alertname: 1 } },
    "no alert",
    {},
    alert("C", { annotations: null, generatorURL: null }),
  ];
  const read = await readPostedAlerts(sent, hurry);
  assert.deepEqual(names(read), [
    ["B", 1],
    ["C", 5],
  ]);
  assert.deepEqual(
    read.refusals
      .text()
      ?.split("\n")
      .map((refusal) => refusal.replace(/(: \S+: ).*/, "$1…")),
    [
      "cannot take alert 0: startsAt: …",
      "cannot take alert 2: labels.alertname: …",
      "cannot take alert 3: got no labels, want an alert with labels",
      "cannot take alert 4: got no labels, want an alert with labels",
    ],
  );
  assert.equal(read.alerts[0]?.endsAtUnixMs, undefined);
});

test("as many as are sent are taken", async () => {
  const sent = Array.from({ length: 20_001 }, () => alert("A"));
  assert.equal((await readPostedAlerts(sent, hurry)).alerts.length, 20_001);
});

test("of many that are refused the first are told, and how many more there are; others have their turn meanwhile", async () => {
  let turns = 0;
  const counting = async () => {
    turns += 1;
  };
  const sent = [...Array.from({ length: 250 }, () => 1), ...Array.from({ length: 250 }, () => ({ labels: 1 }))];
  const { alerts, refusals } = await readPostedAlerts([...sent, alert("A")], counting);
  assert.equal(alerts.length, 1);
  const lines = refusals.text()?.split("\n") ?? [];
  assert.deepEqual([lines.length, lines.at(-1)], [101, "and 400 more"]);
  assert.equal(turns, 501);
});

test("what is no list is refused", async () => {
  await assert.rejects(readPostedAlerts({ alerts: [] }, hurry), /cannot read body: /);
});
