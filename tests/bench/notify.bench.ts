// Notifications a second through one fake receiver: each of ten thousand alerts is a group of its own, and all are due at once.
import { eventually } from "@sightline/testkit/eventually";
import { startBenchStack } from "./bench-stack.ts";
import { makeAlertKey, postAlerts, putRouting } from "./many-alerts.ts";
import { printFigure, runs } from "./result.ts";
import { cpuBetween, stackCpu } from "./stack-cpu.ts";
import { startWebhookSink } from "./webhook-sink.ts";

const ALERTS = 10_000;
/** Until all alerts of a run are there. */
const GROUP_WAIT = "10s";

await using sink = await startWebhookSink(() => undefined);
// Those of all runs are there together.
const settings = { alerter: { SIGHTLINE_DISPATCH_MAX_GROUPS: String(ALERTS * runs) } };
await using bench = await startBenchStack({ services: ["gateway", "alerter"], settings });
await putRouting(
  bench,
  `
route: { receiver: hook, group_by: ["..."], group_wait: ${GROUP_WAIT}, repeat_interval: 24h }
receivers: [{ name: hook, webhook_configs: [{ url: "${sink.url}" }] }]
`,
);
const key = await makeAlertKey(bench);
const rates: number[] = [];
const cpu: number[] = [];
for (let run = 0; run < runs; run++) {
  sink.received.length = 0;
  const labels = Array.from({ length: ALERTS }, (_, at) => ({
    alertname: "Load",
    run: String(run),
    instance: `i${at}`,
  }));
  await postAlerts(bench, key, labels);
  const before = stackCpu(bench.stack, ["alerter", "postgres"]);
  await eventually(() => sink.received.length >= ALERTS, { timeoutMs: 120_000, intervalMs: 50 });
  const used = cpuBetween(before, stackCpu(bench.stack, ["alerter", "postgres"]));
  const times = sink.received.map(({ atMs }) => atMs).sort((a, b) => a - b);
  rates.push((ALERTS * 1000) / ((times.at(-1) ?? 0) - (times[0] ?? 0)));
  cpu.push((1000 * ((used.get("alerter") ?? 0) + (used.get("postgres") ?? 0))) / ALERTS);
}
const config = { alerts: ALERTS };
printFigure({ bench: "notify", metric: "notifications_per_second", unit: "notifications/s", values: rates, config });
printFigure({ bench: "notify", metric: "cpu_per_notification", unit: "ms", values: cpu, config });
