// How long after its acknowledgement an event is at a viewer's WebSocket, while others come beside it. One that arrives
// before its acknowledgement took no time.
import { createEventBuilder } from "@sightline/events/builder";
import { EventServiceClient } from "@sightline/proto/sightline/ingest/v1/event_service";
import { createClient } from "@sightline/rpc/client";
import { eventually } from "@sightline/testkit/eventually";
import WebSocket from "ws";
import { z } from "zod";
import { startBenchStack } from "./bench-stack.ts";
import { storeLoad } from "./load-run.ts";
import { printFigure, quantile, runs, seconds } from "./result.ts";

const PROBES_PER_SECOND = 20;
/** Of other events, sent beside the probes. */
const recordsPerSecond = 1000;
const message = z.object({ subscribed: z.string() }).or(z.object({ event: z.object({ title: z.string() }) }));

await using bench = await startBenchStack();
const ingest = createClient(EventServiceClient, bench.stack.doors.otlpGrpc, { apiKey: bench.ingestKey });
const { build } = createEventBuilder({ clock: Date.now });
const arrivedAt = new Map<string, number>();
const viewer = new WebSocket(`${bench.stack.doors.page.replace("http", "ws")}/v1/stream`, {
  headers: { authorization: `Bearer ${bench.queryKey}` },
});
let subscribed = false;
viewer.on("message", (data) => {
  const said = message.parse(JSON.parse(String(data)));
  if ("event" in said) arrivedAt.set(said.event.title, performance.now());
  else subscribed = true;
});
viewer.on("open", () => {
  viewer.send(JSON.stringify({ subscribe: { id: "live", stream: "events", filters: { source: "bench-live" } } }));
});
await eventually(() => subscribed);

let sent = 0;
/** Sends one event; answers how long after its acknowledgement the viewer had it. */
async function probe(): Promise<number> {
  const title = `probe ${sent++}`;
  await ingest.call("storeEvents", { events: [build({ eventType: "bench", source: "bench-live", title })] });
  const acknowledgedAt = performance.now();
  await eventually(() => arrivedAt.has(title), { timeoutMs: 10_000, intervalMs: 1 });
  return Math.max(0, (arrivedAt.get(title) ?? Number.NaN) - acknowledgedAt);
}

async function measure(): Promise<number[]> {
  const load = storeLoad(bench, { signal: "events", seconds, recordsPerSecond, recordsPerRequest: 100 });
  const probes: Promise<number>[] = [];
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      probes.push(probe());
      if (probes.length < seconds * PROBES_PER_SECOND) return;
      clearInterval(timer);
      resolve();
    }, 1000 / PROBES_PER_SECOND);
  });
  const delays = await Promise.all(probes);
  await load;
  return delays;
}

const delays: number[][] = [];
for (let run = 0; run < runs; run++) delays.push(await measure());
viewer.close();
ingest.close();
const config = { seconds, recordsPerSecond, probesPerSecond: PROBES_PER_SECOND };
for (const [name, share] of [
  ["p50", 0.5],
  ["p99", 0.99],
] as const) {
  const values = delays.map((run) => quantile(run, share));
  printFigure({ bench: "live", metric: `acknowledged_to_websocket_${name}`, unit: "ms", values, config });
}
