import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { explainRoutes, takingRoutes } from "@sightline/alertmanager/route/explain";
import { parseRuleFile } from "@sightline/rules/file/parse-rule-file";
import { PACKS } from "@sightline/rules/packs/packs";
import { testRim } from "../channels/testing/sample.ts";
import { activate } from "./activate.ts";

const source = readFileSync(new URL("../../../../docs/examples/alertmanager.yml", import.meta.url), "utf8");
/** As it would be put: with no escalation policy that it could name. */
const example = activate({ source, templates: {}, version: 1 }, testRim(), { policies: new Set() });
const { dispatch } = example;
const receiversOf = (labels: Record<string, string>) =>
  takingRoutes(explainRoutes(dispatch.route, labels)).map(({ options }) => options.receiver);

/** The labels that the alerts of a pack's rules have, as far as rules say them. */
function alertsOf(pack: string): Record<string, string>[] {
  const { rules } = PACKS.find(({ name }) => name === pack) ?? assert.fail(pack);
  const { groups } = parseRuleFile(rules).file;
  return groups.flatMap((group) => group.rules).map(({ name, labels }) => ({ ...labels, alertname: name }));
}

test("the example can be put in force, and tells each receiver by the channels that it says", () => {
  const kindsOf = ({ name }: { readonly name: string }) => dispatch.integrationsOf(name).map(({ kind }) => kind);
  assert.deepEqual(Object.fromEntries(example.receivers.map((receiver) => [receiver.name, kindsOf(receiver)])), {
    default: ["slack"],
    "critical-alerts": ["email", "pagerduty", "slack"],
    "warning-alerts": ["slack"],
    "api-team": ["slack"],
    "ml-team": ["slack"],
    "ops-team": ["slack"],
    "test-issues": ["github"],
  });
});

test("severity says who is called, the subject which team sees it", () => {
  const f = (labels: Record<string, string>, want: readonly string[]) => assert.deepEqual(receiversOf(labels), want);
  f({ alertname: "x", severity: "critical" }, ["critical-alerts"]);
  f({ alertname: "x", severity: "warning" }, ["warning-alerts"]);
  f({ alertname: "x", severity: "info" }, ["default"]);
  f({ alertname: "x", severity: "critical", team: "api" }, ["critical-alerts", "api-team"]);
  f({ alertname: "x", severity: "info", team: "ml" }, ["ml-team"]);
  f({ alertname: "TestDegradation", severity: "warning", suite: "a" }, ["warning-alerts", "test-issues"]);
  f({ alertname: "HighInferenceLatency", severity: "warning" }, ["warning-alerts", "ml-team"]);
});

test("each rule of the packs comes to the team that it is about", () => {
  for (const alert of alertsOf("infrastructure")) assert.equal(receiversOf(alert).at(-1), "ops-team", alert.alertname);
  for (const alert of alertsOf("api")) {
    const want = alert.alertname === "HighInferenceLatency" ? "ml-team" : "api-team";
    assert.equal(receiversOf(alert).at(-1), want, alert.alertname);
  }
});

test("it groups and waits as it says", () => {
  const { groupBy, groupWaitMs, groupIntervalMs, repeatIntervalMs } = dispatch.route.options;
  assert.deepEqual(
    { groupBy: [...groupBy].sort(), groupWaitMs, groupIntervalMs, repeatIntervalMs },
    { groupBy: ["alertname", "severity"], groupWaitMs: 10_000, groupIntervalMs: 10_000, repeatIntervalMs: 3_600_000 },
  );
});
