import type { Transcoder } from "../transcoder.ts";

/** What a walk benchmark measures. */
export interface WalkBench {
  readonly bench: string;
  readonly metric: string;
  readonly unit: string;
  /** Serialized requests, all of which make one batch. */
  readonly requests: readonly Uint8Array[];
  readonly transcoder: Transcoder;
}

const RUNS = 7;
/** Batches before measuring, so that the compiler has done its work. */
const WARM_UP_BATCHES = 10;
const BATCHES_PER_RUN = 10;
/** What storage appends at once: a message of the bus is some requests one after the other. */
const MESSAGE_BYTES = 512 * 1024;

/**
 * Measures how many records a second one core takes from OTLP bytes to the pieces of ClickHouse blocks, and prints the
 * figure as one JSON line. One run is some batches; the clock is the process's own CPU time, which the other processes of
 * a busy machine disturb least.
 */
export function runWalkBench({ bench, metric, unit, requests, transcoder }: WalkBench): void {
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
  for (let i = 0; i < WARM_UP_BATCHES; i++) batch();
  const rates = Array.from({ length: RUNS }, () => {
    const { user: before } = process.cpuUsage();
    let records = 0;
    for (let i = 0; i < BATCHES_PER_RUN; i++) records += batch();
    return (records * 1e6) / (process.cpuUsage().user - before);
  }).sort((a, b) => a - b);
  const round = (rate: number | undefined) => Number((rate ?? Number.NaN).toPrecision(4));
  const bytes = messages.reduce((sum, message) => sum + message.length, 0);
  const config = {
    records: transcoder.records(),
    wireBytesPerRecord: Math.round(bytes / transcoder.records()),
    blockBytesPerRecord: Math.round(transcoder.bytes() / transcoder.records()),
  };
  const value = round(rates[RUNS >> 1]);
  const figure = { bench, metric, value, unit, min: round(rates[0]), max: round(rates.at(-1)), runs: RUNS, config };
  process.stdout.write(`${JSON.stringify(figure)}\n`);
}

function messagesOf(requests: readonly Uint8Array[]): Uint8Array[] {
  const messages: Uint8Array[] = [];
  let pending: Uint8Array[] = [];
  let bytes = 0;
  for (const request of requests) {
    pending.push(request);
    bytes += request.length;
    if (bytes < MESSAGE_BYTES) continue;
    messages.push(Buffer.concat(pending));
    pending = [];
    bytes = 0;
  }
  if (pending.length > 0) messages.push(Buffer.concat(pending));
  return messages;
}
