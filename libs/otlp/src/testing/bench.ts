import type { Transcoder } from "../transcoder.ts";

/** A benchmark of one core. */
export interface RateBench {
  readonly bench: string;
  readonly metric: string;
  readonly unit: string;
  /** What it was measured with. */
  readonly config: Readonly<Record<string, number>>;
  /** Does the work once; answers how many records it did. */
  batch(): number;
}

const RUNS = 7;
/** Batches before measuring, so that the compiler has done its work. */
const WARM_UP_BATCHES = 10;
const BATCHES_PER_RUN = 10;

/**
 * Measures records a second and prints the figure as one JSON line. One run is some batches; the clock is the process's
 * own CPU time, which the other processes of a busy machine disturb least.
 */
export function runRateBench({ bench, metric, unit, config, batch }: RateBench): void {
  for (let i = 0; i < WARM_UP_BATCHES; i++) batch();
  const rates = Array.from({ length: RUNS }, () => {
    const { user: before } = process.cpuUsage();
    let records = 0;
    for (let i = 0; i < BATCHES_PER_RUN; i++) records += batch();
    return (records * 1e6) / (process.cpuUsage().user - before);
  }).sort((a, b) => a - b);
  const round = (rate: number | undefined) => Number((rate ?? Number.NaN).toPrecision(4));
  const value = round(rates[RUNS >> 1]);
  const figure = { bench, metric, value, unit, min: round(rates[0]), max: round(rates.at(-1)), runs: RUNS, config };
  process.stdout.write(`${JSON.stringify(figure)}\n`);
}

export interface WalkBench extends Pick<RateBench, "bench" | "metric" | "unit"> {
  /** Serialized requests, all of which make one batch. */
  readonly requests: readonly Uint8Array[];
  readonly transcoder: Transcoder;
}

/** Measures the way from OTLP bytes to the pieces of ClickHouse blocks. */
export function runWalkBench({ requests, transcoder, ...figure }: WalkBench): void {
  const messages = messagesOf(requests);
  const context = { tenant: "default", receivedUnixNano: 1_700_000_000_000_000_000n };
  const batch = () => {
    transcoder.reset();
    for (const message of messages) {
      const appended = transcoder.append(message, context);
      if (!appended.ok) throw appended.error;
    }
    transcoder.blocks();
    return transcoder.records();
  };
  const records = batch();
  const config = {
    records,
    wireBytesPerRecord: Math.round(bytesOf(messages) / records),
    blockBytesPerRecord: Math.round(transcoder.bytes() / records),
  };
  runRateBench({ ...figure, config, batch });
}

/** How many bytes they have together. */
export function bytesOf(requests: readonly Uint8Array[]): number {
  return requests.reduce((sum, request) => sum + request.length, 0);
}

/** What storage appends at once: a message of the bus is some requests one after the other. */
const MESSAGE_BYTES = 512 * 1024;

function messagesOf(requests: readonly Uint8Array[]): Uint8Array[] {
  const messages: Uint8Array[] = [];
  let pending: Uint8Array[] = [];
  for (const [i, request] of requests.entries()) {
    pending.push(request);
    if (bytesOf(pending) < MESSAGE_BYTES && i < requests.length - 1) continue;
    messages.push(Buffer.concat(pending));
    pending = [];
  }
  return messages;
}
