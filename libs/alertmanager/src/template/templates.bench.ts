import type { Notification, NotifiedAlert } from "../notification.ts";
import { createTemplates } from "./templates.ts";

const runs = 7;
const perRun = 1000;
const nowMs = 1_704_096_930_000;

function alert(index: number): NotifiedAlert {
  return {
    labels: {
      alertname: "HighErrorRate",
      job: "api",
      instance: `10.0.0.${index}:9090`,
      severity: index % 2 === 0 ? "critical" : "warning",
      cluster: "eu-1",
    },
    annotations: {
      summary: `More than 5 % of the requests of 10.0.0.${index} fail`,
      runbook: "https://wiki.example.com/runbooks/errors?from=alert&of=api",
    },
    status: index < 8 ? "firing" : "resolved",
    startsAtMs: nowMs - 60_000,
    endsAtMs: nowMs,
    generatorUrl: "http://prometheus/graph?g0.expr=rate%28errors%5B5m%5D%29+%3E+0.05&g0.tab=1",
    fingerprint: index.toString(16).padStart(16, "0"),
  };
}

/** Each delivery is of a notification of its own. */
function notification(): Notification {
  return {
    receiver: "team-api",
    groupKey: '{}:{alertname="HighErrorRate"}',
    groupLabels: { alertname: "HighErrorRate" },
    routeLabels: {},
    status: "firing",
    reason: "new alerts added",
    alerts: Array.from({ length: 10 }, (_, index) => alert(index)),
    truncatedAlerts: 0,
    externalUrl: "https://sightline.example.com",
  };
}

const templates = createTemplates([], { now: () => nowMs });
const own =
  '{{ range .Alerts.Firing }}*{{ .Annotations.summary | title }}* since {{ .StartsAt | since | humanizeDuration }}\n{{ with .Labels.Remove (stringSlice "alertname") }}{{ range .SortedPairs }}`{{ .Name }}`={{ .Value }} {{ end }}{{ end }}{{ end }}';

/** What a channel asks for one notification of ten alerts. */
const renderings: readonly (readonly [metric: string, render: (notification: Notification) => void])[] = [
  [
    "slack_default",
    (each) => {
      for (const name of ["title", "titlelink", "fallback", "pretext", "text", "color", "footer"]) {
        templates.expandText(`{{ template "slack.default.${name}" . }}`, each);
      }
    },
  ],
  ["own_text", (each) => void templates.expandText(own, each)],
  ["pagerduty_instances", (each) => void templates.expandText('{{ template "opsgenie.default.description" . }}', each)],
  ["email_html", (each) => void templates.expandHtml('{{ template "email.default.html" . }}', each)],
];

for (const [metric, render] of renderings) {
  for (let at = 0; at < perRun; at++) render(notification());
  const rates: number[] = [];
  for (let at = 0; at < runs; at++) {
    const { user: before } = process.cpuUsage();
    for (let count = 0; count < perRun; count++) render(notification());
    rates.push((perRun * 1e6) / (process.cpuUsage().user - before));
  }
  rates.sort((a, b) => a - b);
  const round = (rate: number | undefined) => Math.round(rate ?? Number.NaN);
  console.log(
    JSON.stringify({
      bench: "alert-templates",
      metric: `${metric}_notifications_per_second_per_core`,
      value: round(rates[runs >> 1]),
      unit: "notifications/s",
      min: round(rates[0]),
      max: round(rates.at(-1)),
      runs,
      config: { node: process.version, alerts: 10 },
    }),
  );
}
