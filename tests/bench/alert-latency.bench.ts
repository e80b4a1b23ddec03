// How soon somebody is told: from the moment a condition is true until a webhook has it, by rules that are evaluated every second, and
// by rules of events.
import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { eventually } from "@sightline/testkit/eventually";
import { z } from "zod";
import { startBenchStack } from "./bench-stack.ts";
import { putRouting } from "./many-alerts.ts";
import { printFigure, quantile, runs } from "./result.ts";
import { startWebhookSink } from "./webhook-sink.ts";

const ALERTS_OF_RUN = 40;
const EVERY_MS = 350;

const rules = `
groups:
- name: quick
  interval: 1s
  rules:
  - { alert: Metric, expr: bench_level > 0 }
  - { alert: Event, sightline: { events: { condition: event_type == "bench_event", group_by: [target] } } }
`;
const body = z.object({ alerts: z.array(z.looseObject({ labels: z.record(z.string(), z.string()) })) });

await using sink = await startWebhookSink((bytes) =>
  body.parse(JSON.parse(bytes.toString())).alerts.map(({ labels }) => labels["target"] ?? ""),
);
await using bench = await startBenchStack({ services: ["ingest", "storage", "gateway", "alerter"] });
const { stack, ingestKey, rest } = bench;
await putRouting(
  bench,
  `
route: { receiver: hook, group_by: ["..."], group_wait: 0s, repeat_interval: 24h }
receivers: [{ name: hook, webhook_configs: [{ url: "${sink.url}", send_resolved: false }] }]
`,
);
await rest.send("PUT", "/v1/rule-files/quick", { source: rules }, z.looseObject({}));

const kinds = { metric: sendMetric, event: sendEvent };
for (const [kind, send] of Object.entries(kinds)) {
  const values: number[] = [];
  for (let run = -1; run < runs; run++) {
    const sent = new Map<string, number>();
    for (let at = 0; at < ALERTS_OF_RUN; at++) {
      const target = randomUUID();
      sent.set(target, Date.now());
      await send(target);
      await pause(EVERY_MS);
    }
    const told = () =>
      new Map(sink.received.flatMap(({ atMs, found }) => found.map((target) => [target, atMs] as const)));
    await eventually(() => [...sent.keys()].every((target) => told().has(target)), { timeoutMs: 60_000 });
    const took = [...sent].map(([target, atMs]) => (told().get(target) ?? 0) - atMs);
    if (run >= 0) values.push(quantile(took, 0.99));
  }
  const config = { alerts: ALERTS_OF_RUN, intervalSeconds: 1 };
  printFigure({ bench: "alert-latency", metric: `${kind}_to_webhook_p99`, unit: "ms", values, config });
}

async function sendMetric(target: string): Promise<void> {
  const point = { asDouble: 1, timeUnixNano: `${Date.now()}000000`, attributes: [attribute("target", target)] };
  const scopeMetrics = [{ metrics: [{ name: "bench_level", gauge: { dataPoints: [point] } }] }];
  await post("/v1/metrics", { resourceMetrics: [{ scopeMetrics }] });
}

async function sendEvent(target: string): Promise<void> {
  await post("/v1/events", { eventType: "bench_event", severity: "error", source: "bench", title: "bench", target });
}

function attribute(key: string, stringValue: string) {
  return { key, value: { stringValue } };
}

async function post(path: string, content: object): Promise<void> {
  const headers = { authorization: `Bearer ${ingestKey}`, "content-type": "application/json" };
  const answer = await fetch(stack.doors.otlpHttp + path, { method: "POST", headers, body: JSON.stringify(content) });
  if (!answer.ok) throw new Error(`cannot send to ${path}: got ${answer.status}, ${await answer.text()}`);
}
