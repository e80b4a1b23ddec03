import { createEventBuilder } from "@sightline/events/builder";
import { EventBatch } from "@sightline/proto/sightline/event/v1/event";
import { DEFAULT_RULES } from "../rules/default-rules.ts";
import { compileRule } from "../rules/rule.ts";
import { readSigns } from "./signs.ts";

const nowMs = 1_800_000_000_000;
const runs = 7;
const eventsPerMessage = 1000;
const messagesPerRun = 50;
/** Each default event rule so often: a tenant that has made much of them. */
const copies = 5;

const rules = Array.from({ length: copies }, (_, copy) => DEFAULT_RULES.map((rule) => ({ ...rule, ruleId: `${copy}` })))
  .flat()
  .map((rule) => compileRule("default", rule))
  .filter((rule) => rule.kind === "event");

const builder = createEventBuilder({ clock: () => nowMs });
const events = Array.from({ length: eventsPerMessage }, (_, at) => {
  const usage = { resourceType: "cpu", usagePercent: at % 100, thresholdPercent: 90 };
  return at % 2 === 0
    ? builder.resourceThreshold("collector", `host-${at % 50}`, usage)
    : builder.healthCheck("collector", `host-${at % 50}`, at % 99 === 0 ? "unhealthy" : "healthy", { latency_ms: at });
});
const payload = EventBatch.encode({ events }).finish();

/** From the bytes of the bus to what they mean for the rules. */
function readMessage(): number {
  const options = { seenAtMs: nowMs, nowMs, maxAgeMs: 3600_000, onTooLate: () => undefined };
  return readSigns(payload, rules, options).length;
}

for (let warmUp = 0; warmUp < messagesPerRun; warmUp++) readMessage();
const rates = Array.from({ length: runs }, () => {
  const { user: before } = process.cpuUsage();
  for (let message = 0; message < messagesPerRun; message++) readMessage();
  return (eventsPerMessage * messagesPerRun * 1e6) / (process.cpuUsage().user - before);
}).sort((a, b) => a - b);

const round = (rate: number | undefined) => Math.round(rate ?? Number.NaN);
console.log(
  JSON.stringify({
    bench: "event-rules",
    metric: "events_per_second_per_core",
    value: round(rates[runs >> 1]),
    unit: "events/s",
    min: round(rates[0]),
    max: round(rates.at(-1)),
    runs,
    config: {
      node: process.version,
      rules: rules.length,
      eventsPerMessage,
      bytesPerEvent: Math.round(payload.length / eventsPerMessage),
    },
  }),
);
