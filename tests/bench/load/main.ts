// Sends a load in a process of its own: its work is not the server's. One argument, JSON as in options.ts; prints one
// line, its report. The records are the same in every run but for their marks and times.
import { setTimeout as pause } from "node:timers/promises";
import { quantile } from "../result.ts";
import { type Frame, timeOfMs } from "./frame.ts";
import { createSender } from "./grpc-sender.ts";
import { type LoadOptions, type LoadReport, loadOptions } from "./options.ts";
import { SIGNAL_LOADS } from "./signals.ts";

async function run({ signal, address, apiKey, run: number, ...load }: LoadOptions): Promise<LoadReport> {
  const { path, makeFrame } = SIGNAL_LOADS[signal];
  const nowUnixNano = BigInt(Date.now()) * 1_000_000n;
  const frames = Array.from({ length: load.senders }, (_, index) =>
    makeFrame({ index, records: load.recordsPerRequest, run: number, nowUnixNano }),
  );
  const senders = frames.map(() => createSender({ address, path, apiKey }));
  const schedule = createSchedule(load);
  const refused: Record<string, number> = {};
  const latencies: number[] = [];
  let [acknowledged, bytes, sequence] = [0, 0, 0];

  const keepSending = async (frame: Frame, at: number): Promise<void> => {
    const timeOf = createTimes(load.stepMs);
    for (;;) {
      const dueAt = await schedule.next();
      if (dueAt === undefined) return;
      frame.stamp(sequence, timeOfMs(timeOf()));
      sequence += frame.records;
      const status = await senders[at]?.send(frame.bytes);
      if (status === 0) {
        acknowledged += frame.records;
        bytes += frame.bytes.length;
        latencies.push(performance.now() - dueAt);
      } else {
        refused[String(status)] = (refused[String(status)] ?? 0) + 1;
        await pause(RETRY_MS);
      }
    }
  };

  const cpuBefore = process.cpuUsage();
  await Promise.all(frames.map(keepSending));
  const { user, system } = process.cpuUsage(cpuBefore);
  for (const sender of senders) sender.close();
  latencies.sort((a, b) => a - b);
  return {
    acknowledged,
    requests: latencies.length,
    bytes,
    refused,
    seconds: schedule.elapsedSeconds(),
    ackMs: {
      p50: quantile(latencies, 0.5),
      p95: quantile(latencies, 0.95),
      p99: quantile(latencies, 0.99),
      max: latencies.at(-1) ?? Number.NaN,
    },
    cpuSeconds: (user + system) / 1e6,
  };
}

const HALF_A_DAY_MS = 12 * 3600 * 1000;
/** What scrapes come early or late by. */
const JITTER_MS = 20;

/** The times of one sender's requests, milliseconds. Two points of a series at one moment would be one. */
function createTimes(stepMs: number | undefined): () => number {
  let lastMs = stepMs === undefined ? 0 : Date.now() - HALF_A_DAY_MS;
  return () => {
    lastMs = stepMs === undefined ? Math.max(Date.now(), lastMs + 1) : lastMs + stepMs;
    return stepMs === undefined ? lastMs : lastMs + Math.floor(Math.random() * JITTER_MS);
  };
}

/** What a sender waits after a refusal before it sends again. */
const RETRY_MS = 200;

/** When requests are due. In an open loop one that found no sender free is late, and its latency counts from when it was due. */
function createSchedule({
  seconds,
  recordsPerSecond,
  recordsPerRequest,
}: Pick<LoadOptions, "seconds" | "recordsPerSecond" | "recordsPerRequest">) {
  const startedAt = performance.now();
  const endsAt = startedAt + seconds * 1000;
  const intervalMs = recordsPerSecond === undefined ? 0 : (recordsPerRequest / recordsPerSecond) * 1000;
  let taken = 0;
  return {
    /** Resolves when the next request is due, to that moment; to undefined when there is none any more. */
    next: async (): Promise<number | undefined> => {
      const now = performance.now();
      const dueAt = intervalMs === 0 ? now : startedAt + taken++ * intervalMs;
      if (dueAt >= endsAt) return undefined;
      if (dueAt > now) await pause(dueAt - now);
      return dueAt;
    },
    elapsedSeconds: () => (performance.now() - startedAt) / 1000,
  };
}

console.log(JSON.stringify(await run(loadOptions.parse(JSON.parse(process.argv[2] ?? "")))));
