import { setTimeout as pause } from "node:timers/promises";
import { AppError } from "@sightline/errors/app-error";
import type { Tail } from "@sightline/query/logql/evaluate/tail";
import type { WebSocket } from "ws";
import type { LiveViewOptions } from "../stream/live-view.ts";
import type { LokiContext } from "./endpoint.ts";
import { createSentLines, type SentLines } from "./sent-lines.ts";
import { createTailEntries } from "./tail-entries.ts";
import { byTime, createTailQueue, LINES_PER_FRAME, type TailEntry, type TailQueue, tailFrame } from "./tail-queue.ts";

export type FollowOptions = Pick<LokiContext, "logql" | "clock"> & Omit<LiveViewOptions, "maxSubscriptionsPerViewer">;

/** What somebody wants to follow. */
export interface FollowedQuery {
  readonly query: string;
  readonly tail: Tail;
  readonly tenant: string;
  /** From when on lines are sent that are there already, the newest of them up to the limit. */
  readonly startUnixNano: bigint;
  readonly limit: number;
  /** How long a line waits for others that are older. */
  readonly delayMs: number;
  readonly categorizeLabels: boolean;
}

/** How often what came is sent. */
const FRAME_MS = 100;
/**
 * What was on its way to the database when somebody began to follow is in it so much later. It passed on the bus before, so that it is
 * looked for once more, among lines that are not older than that.
 */
const LATE_MS = 3000;
const LATE_NS = 60_000_000_000n;
/** The clocks of senders may be ahead of ours. */
const AHEAD_NS = 3_600_000_000_000n;
const MAX_REMEMBERED_CHARACTERS = 4_000_000;
/** RFC 6455, 7.4.1: we could not go on. */
const INTERNAL_ERROR = 1011;

/** Sends the lines that are stored, then those that pass, until the WebSocket is closed. */
export function follow(socket: WebSocket, query: FollowedQuery, options: FollowOptions): void {
  const { fanOut, clock, maxBufferedBytes, dropped } = options;
  const { tenant, tail, categorizeLabels: categorize, delayMs } = query;
  const ended = new AbortController();
  const sent = createSentLines(MAX_REMEMBERED_CHARACTERS);
  const queue = createTailQueue({
    ...{ delayMs, categorize, dropped },
    maxCharacters: maxBufferedBytes,
    isNew: sent.isNew,
  });
  const entryOf = createTailEntries(tail);
  const see = (entry: TailEntry | null) => {
    if (entry !== null) queue.add(entry, clock());
  };
  const leave = fanOut.add({ tenant, stream: "logs", see: (record) => see(entryOf(record)) });
  socket.once("close", () => {
    ended.abort();
    leave();
  });
  sendAll({ socket, query, sent, queue, ended: ended.signal }, options).catch((thrown: unknown) => {
    if (!ended.signal.aborted) socket.close(INTERNAL_ERROR, reasonOf(AppError.from(thrown)));
  });
}

interface Following {
  readonly socket: WebSocket;
  readonly query: FollowedQuery;
  readonly sent: SentLines;
  readonly queue: TailQueue;
  readonly ended: AbortSignal;
}

async function sendAll({ socket, query, sent, queue, ended }: Following, options: FollowOptions): Promise<void> {
  const { clock, heard, maxBufferedBytes } = options;
  const { startUnixNano: start, categorizeLabels: categorize, delayMs } = query;
  const stored = (from: bigint, to: bigint) => readStored({ query, from, to }, options, ended);
  await heard();
  const openedNs = BigInt(clock()) * 1_000_000n;
  const first = await stored(start, openedNs + AHEAD_NS);
  for (let at = 0; at < first.length; at += LINES_PER_FRAME) {
    const entries = first.slice(at, at + LINES_PER_FRAME).filter(sent.isNew);
    await send(socket, tailFrame(entries, { missed: [], categorize }));
  }
  const frames = setInterval(() => flush(socket, queue, { clock, maxBufferedBytes }), FRAME_MS);
  ended.addEventListener("abort", () => clearInterval(frames), { once: true });
  await pause(LATE_MS, undefined, { signal: ended });
  const lateFrom = openedNs - LATE_NS;
  const late = sent.isFull() ? [] : await stored(start > lateFrom ? start : lateFrom, openedNs);
  for (const entry of late) queue.add(entry, clock());
  // Until then the same line may wait twice.
  await pause(delayMs + 10 * FRAME_MS, undefined, { signal: ended });
  sent.forget();
}

function flush(
  socket: WebSocket,
  queue: TailQueue,
  { clock, maxBufferedBytes }: Pick<FollowOptions, "clock" | "maxBufferedBytes">,
): void {
  while (socket.bufferedAmount <= maxBufferedBytes) {
    const frame = queue.frame(clock());
    if (frame === null) return;
    socket.send(frame);
  }
}

/** Resolves when the frame is out: a slow reader is waited for. */
async function send(socket: WebSocket, frame: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.send(frame, (error) => (error === undefined || error === null ? resolve() : reject(error)));
  await promise;
}

interface Stored {
  readonly query: FollowedQuery;
  readonly from: bigint;
  readonly to: bigint;
}

/** The newest lines of a range up to the limit, the oldest of them first. */
async function readStored(
  { query, from, to }: Stored,
  { logql }: FollowOptions,
  signal: AbortSignal,
): Promise<TailEntry[]> {
  if (from >= to) return [];
  const range = { startUnixNano: from, endUnixNano: to, stepNanos: 0n, intervalNanos: 0n };
  const { query: text, limit, categorizeLabels, tenant } = query;
  const asked = { query: text, limit, categorizeLabels, forward: false, ...range };
  const entries: TailEntry[] = [];
  for await (const { streams } of logql.stream("queryLogql", asked, { tenant, signal, deadlineMs: 60_000 })) {
    for (const { labels, lines } of streams) for (const line of lines) entries.push({ labels, line });
  }
  return entries.sort(byTime);
}

/** What a close frame has room for. */
function reasonOf({ code, message }: AppError): string {
  const text = code === "internal" ? "internal error" : message;
  return Buffer.from(text).subarray(0, 120).toString().replaceAll("\ufffd", "");
}
