/**
 * The one WebSocket of the page. It connects when started, subscribes what is wanted, and when the connection ends tries
 * again after a random, growing wait, subscribing everything anew.
 *
 * | state      | entered by                   | left by                                      |
 * | ---------- | ---------------------------- | -------------------------------------------- |
 * | stopped    | stop()                       | start() → connecting                         |
 * | connecting | start(), retry()             | opened → open; failed → waiting              |
 * | open       | the server took the upgrade  | closed by either side → waiting              |
 * | waiting    | a connection ended or failed | its timer or retry() → connecting            |
 */
import * as z from "zod/mini";
import { type LiveMessage, type LiveStream, liveMessageSchema } from "./live-streams.ts";

/** Where the connection is. `attempt` counts failures since it was last open. */
export type LiveState =
  | { readonly t: "stopped" }
  | { readonly t: "connecting"; readonly attempt: number }
  | { readonly t: "open" }
  | { readonly t: "waiting"; readonly attempt: number; readonly untilMs: number };

/** The filters of a subscription: the names and values of the REST query of the same stream. */
export type LiveFilters = Readonly<Record<string, string | readonly string[]>>;

/** Who wants what, and is told of it. */
export interface LiveSubscriber<T> {
  readonly stream: LiveStream<T>;
  readonly filters: LiveFilters;
  readonly onItem: (item: T) => void;
  /** The server could not send this many. */
  readonly onDropped?: (count: number) => void;
  /** The server refuses the subscription. */
  readonly onError?: (message: string) => void;
  /** Subscribed again after a connection was lost: items in between were missed. */
  readonly onResumed?: () => void;
}

/** What the client needs. */
export interface LiveClientOptions {
  readonly url: string;
  /** The wait before the first new attempt, milliseconds; doubles each time. */
  readonly baseDelayMs: number;
  /** The longest wait, milliseconds. */
  readonly maxDelayMs: number;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
  /** From 0 (inclusive) to 1. */
  readonly random: () => number;
}

/** The client; safe to start and stop any number of times. */
export interface LiveClient {
  start(): void;
  stop(): void;
  /** Tries at once instead of waiting. */
  retry(): void;
  state(): LiveState;
  /** Calls back on every change of state until the returned function is called. */
  watch(listener: () => void): () => void;
  /** Delivers until the returned function is called. */
  subscribe<T>(subscriber: LiveSubscriber<T>): () => void;
}

/** A subscriber as the client keeps it, whatever its items are. */
interface Subscription {
  readonly request: { readonly id: string; readonly stream: string; readonly filters: LiveFilters };
  readonly deliver: (message: LiveMessage) => void;
  readonly resume: () => void;
}

/** Makes the client; it does nothing until started. */
export function createLiveClient(options: LiveClientOptions): LiveClient {
  let state: LiveState = { t: "stopped" };
  let socket: WebSocket | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let everOpen = false;
  let nextId = 1;
  const listeners = new Set<() => void>();
  const subscriptions = new Map<string, Subscription>();

  const enter = (next: LiveState) => {
    state = next;
    for (const listener of [...listeners]) listener();
  };

  const send = (message: unknown) => {
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
  };

  const connect = (attempt: number) => {
    clearTimeout(timer);
    enter({ t: "connecting", attempt });
    const current = new WebSocket(options.url);
    socket = current;
    current.addEventListener("open", () => {
      if (socket !== current) return;
      const resumed = everOpen;
      everOpen = true;
      enter({ t: "open" });
      for (const { request, resume } of subscriptions.values()) {
        send({ subscribe: request });
        if (resumed) resume();
      }
    });
    current.addEventListener("message", (message) => {
      if (socket === current) deliver(message.data);
    });
    current.addEventListener("close", () => {
      if (socket === current) wait(attemptsOf(state) + 1);
    });
  };

  const wait = (attempt: number) => {
    socket = undefined;
    const ceiling = Math.min(options.maxDelayMs, options.baseDelayMs * 2 ** (attempt - 1));
    // At least a quarter of the ceiling, so that a server that comes back is not met by everyone at once.
    const delay = ceiling * (0.25 + 0.75 * options.random());
    timer = setTimeout(() => connect(attempt), delay);
    enter({ t: "waiting", attempt, untilMs: options.now() + delay });
  };

  const deliver = (data: unknown) => {
    const message = parseMessage(data);
    if (message !== undefined) subscriptions.get(message.id)?.deliver(message);
  };

  return {
    start() {
      if (state.t === "stopped") connect(0);
    },
    stop() {
      clearTimeout(timer);
      const current = socket;
      socket = undefined;
      everOpen = false;
      current?.close(1000);
      enter({ t: "stopped" });
    },
    retry() {
      if (state.t === "waiting") connect(state.attempt);
    },
    state: () => state,
    watch(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    subscribe(subscriber) {
      const id = String(nextId++);
      const subscription = subscriptionOf(id, subscriber);
      subscriptions.set(id, subscription);
      send({ subscribe: subscription.request });
      return () => {
        if (subscriptions.delete(id)) send({ unsubscribe: { id } });
      };
    },
  };
}

function subscriptionOf<T>(id: string, subscriber: LiveSubscriber<T>): Subscription {
  return {
    request: { id, stream: subscriber.stream.name, filters: subscriber.filters },
    deliver(message) {
      const item = subscriber.stream.itemOf(message);
      if (item !== undefined) subscriber.onItem(item);
      if (message.dropped !== undefined) subscriber.onDropped?.(message.dropped);
      if (message.error !== undefined) subscriber.onError?.(message.error);
    },
    resume: () => subscriber.onResumed?.(),
  };
}

function attemptsOf(state: LiveState): number {
  return state.t === "connecting" || state.t === "waiting" ? state.attempt : 0;
}

function parseMessage(data: unknown): LiveMessage | undefined {
  if (typeof data !== "string") return undefined;
  try {
    const parsed = z.safeParse(liveMessageSchema, JSON.parse(data));
    return parsed.success ? parsed.data : undefined;
  } catch {
    // Not JSON: not meant for us.
    return undefined;
  }
}
