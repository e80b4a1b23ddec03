import assert from "node:assert/strict";
import { test } from "node:test";
import type { Notification, NotifiedAlert } from "../notification.ts";
import { createTemplates } from "./templates.ts";

const startsAtMs = Date.UTC(2024, 0, 1, 8, 15, 30);

function alert(status: "firing" | "resolved", labels: Record<string, string>): NotifiedAlert {
  return {
    status,
    labels: { alertname: "Disk", job: "node", ...labels },
    annotations: { summary: "full", runbook: `https://wiki/${labels["severity"]}` },
    startsAtMs,
    endsAtMs: startsAtMs + 60_000,
    generatorUrl: "http://prom/graph?g0.expr=a%3Eb&g0.tab=1",
    fingerprint: "9266ef3da838ad95",
  };
}

const notification: Notification = {
  receiver: "team.x",
  groupKey: '{}:{job="node"}',
  groupLabels: { job: "node" },
  routeLabels: { team: "x" },
  status: "firing",
  reason: "new alerts added",
  alerts: [alert("firing", { severity: "critical", zone: "<b>" }), alert("resolved", { severity: "info" })],
  truncatedAlerts: 0,
  externalUrl: "http://am",
};

const templates = createTemplates([], { now: () => startsAtMs });
const text = (template: string) => templates.expandText(template, notification);

test("Alertmanager's own templates", () => {
  assert.equal(text('{{ template "slack.default.title" . }}'), "[FIRING:1] node (Disk)");
  assert.equal(text('{{ template "slack.default.titlelink" . }}'), "http://am/#/alerts?receiver=team%5C.x");
  assert.equal(text('{{ template "slack.default.color" . }}'), "danger");
  assert.equal(text('{{ template "jira.default.priority" . }}'), "High");
  assert.equal(text('{{ template "email.default.subject" . }}'), "[FIRING:1] node (Disk)");
  const lines = text('{{ template "telegram.default.message" . }}').trim().split("\n");
  assert.deepEqual(lines.slice(0, 8), [
    ...["Alerts Firing:", "Labels:", " - alertname = Disk", " - job = node", " - severity = critical", " - zone = <b>"],
    ...["Annotations:", " - runbook = https://wiki/critical"],
  ]);
});

test("the e-mail is HTML in which everything is escaped for its place", () => {
  const html = templates.expandHtml('{{ template "email.default.html" . }}', notification);
  assert.match(html, /<strong>1<\/strong> firing|\[1\] Firing/);
  assert.ok(html.includes("zone = &lt;b&gt;"));
  assert.ok(!html.includes("<b>"));
  assert.ok(html.includes('href="http://prom/graph?g0.expr=a%3Eb&amp;g0.tab=1"'));
  assert.ok(html.includes("http://am/#/alerts?receiver=team%5c.x") || html.includes("receiver=team%5C.x"));
  assert.ok(!/ZgotmplZ/.test(html));
});

test("what templates see of a notification", () => {
  assert.equal(
    text("{{ .Receiver }} {{ .Status }} {{ .NotificationReason }} {{ .ExternalURL }}"),
    "team\\.x firing new alerts added http://am",
  );
  assert.equal(text("{{ .CommonLabels }}|{{ .CommonAnnotations }}"), "alertname=Disk, job=node|summary=full");
  assert.equal(text("{{ .CommonLabels.SortedPairs.Names }}{{ .GroupLabels.Values.Join `:` }}"), "[alertname job]node");
  assert.equal(text("{{ .RouteLabels.team }}{{ .GroupLabels.nothing }}|{{ routeLabels `team` }}"), "x|x");
  assert.equal(text("{{ len .Alerts.Firing }}{{ (index .Alerts.Resolved 0).Labels.severity }}"), "1info");
  assert.equal(text("{{ (index .Alerts 0).EndsAt }}"), "0001-01-01 00:00:00 +0000 UTC");
  assert.equal(text("{{ (index .Alerts 1).EndsAt.Sub (index .Alerts 1).StartsAt }}"), "1m0s");
  assert.equal(
    text(`{{ with index .Alerts 0 }}{{ .Fingerprint }}{{ index .Labels "severity" }}{{ end }}`),
    "9266ef3da838ad95critical",
  );
});

test("the whole of a notification is printed as Go prints it", () => {
  assert.match(
    text("{{ . }}"),
    /^\{team\\\.x firing \[\{firing alertname=Disk, job=node, severity=critical, zone=<b> runbook=/,
  );
  assert.equal(text("{{ printf `%T %T %T` . .Alerts .GroupLabels }}"), "*template.Data template.Alerts template.KV");
  assert.equal(text("{{ printf `%v` . | slice }}").slice(0, 2), "&{");
});

test("a source may define anew what is there", () => {
  const own = createTemplates(
    [
      { name: "a.tmpl", text: '{{ define "__subject" }}mine{{ end }}{{ define "x" }}1{{ end }}' },
      { name: "b.tmpl", text: '{{ define "x" }}2{{ end }}' },
    ],
    { now: () => 0 },
  );
  assert.equal(own.expandText('{{ template "slack.default.title" . }}{{ template "x" }}', notification), "mine2");
});

test("a source that is wrong is named", () => {
  const wrong = { name: "team.tmpl", text: "\n{{ define `x` }}{{ nope }}{{ end }}" };
  assert.throws(
    () => createTemplates([wrong], { now: () => 0 }),
    /^AppError: template: team.tmpl:2: function "nope" not defined$/,
  );
});

test("the labels of a route are filled in", () => {
  const labels = { team: "{{ .GroupLabels.job }}-team", channel: '#{{ routeLabels "team" }}', plain: "x" };
  assert.deepEqual(templates.expandRouteLabels(labels, notification), {
    team: "node-team",
    channel: "#node-team",
    plain: "x",
  });
});

test("what cannot be escaped safely is refused with html/template's words", () => {
  assert.throws(
    () => templates.expandHtml('<a href="{{ if .Status }}/x{{ else }}?y={{ end }}{{ .Receiver }}">', notification),
    /html\/template::1:52: \{\{\.Receiver\}\} appears in an ambiguous context within a URL/,
  );
  assert.throws(
    () => templates.expandHtml("<script>alert('{{ .Receiver }}", notification),
    /ends in a non-text context/,
  );
});
