import { AppError } from "@sightline/errors/app-error";
import type { WebSocket } from "ws";
import type { FanOut, Watcher } from "./fan-out.ts";
import { clientMessage, createSubscription, type Subscription } from "./subscription.ts";
import { createViewer, type Viewer } from "./viewer.ts";
import { jsonRefusal, type StreamDoor } from "./websocket.ts";

export interface LiveViewOptions {
  readonly fanOut: FanOut;
  /** Resolves once what passes from now on reaches the fan-out, for every stream that is watched. */
  heard(): Promise<void>;
  /** A viewer with more than this waiting to be sent drops messages. */
  readonly maxBufferedBytes: number;
  readonly maxSubscriptionsPerViewer: number;
  /** Counts messages that a slow viewer missed. */
  dropped(count: number): void;
}

/** The WebSocket of live events and logs, as the web page speaks with it. */
export function createLiveView(options: LiveViewOptions): StreamDoor {
  return {
    path: "/v1/stream",
    open:
      ({ caller }) =>
      (socket) =>
        attend(socket, caller.tenant, options),
    refusal: jsonRefusal,
  };
}

function attend(socket: WebSocket, tenant: string, options: LiveViewOptions): void {
  const closers = new Map<string, () => void>();
  const say = (message: object) => socket.send(JSON.stringify(message));
  const viewerOf = (id: string) => {
    const { maxBufferedBytes, dropped } = options;
    return createViewer(socket, { id, maxBufferedBytes, dropped });
  };

  const subscribe = (text: string) => {
    const parsed = clientMessage.safeParse(parseJson(text));
    if (!parsed.success) {
      say({ error: "cannot read the message: want {subscribe: {id, stream, filters}} or {unsubscribe: {id}}" });
      return;
    }
    if ("unsubscribe" in parsed.data) {
      const { id } = parsed.data.unsubscribe;
      closers.get(id)?.();
      closers.delete(id);
      return;
    }
    const wanted = parsed.data.subscribe;
    if (!closers.has(wanted.id) && closers.size >= options.maxSubscriptionsPerViewer) {
      say({
        id: wanted.id,
        error: `cannot subscribe: want at most ${options.maxSubscriptionsPerViewer} subscriptions`,
      });
      return;
    }
    try {
      const subscription = createSubscription(wanted);
      const close = options.fanOut.add(watcherOf(tenant, subscription, viewerOf(wanted.id)));
      closers.get(wanted.id)?.();
      closers.set(wanted.id, close);
      options.heard().then(
        () => {
          if (closers.get(wanted.id) === close) say({ id: wanted.id, subscribed: wanted.stream });
        },
        (thrown: unknown) => say({ id: wanted.id, error: AppError.from(thrown).message }),
      );
    } catch (thrown) {
      say({ id: wanted.id, error: AppError.from(thrown).message });
    }
  };

  socket.on("message", (data, isBinary) => {
    // Who asks without end and never reads the answers would make us keep them.
    if (socket.bufferedAmount > options.maxBufferedBytes) socket.terminate();
    else if (!isBinary) subscribe(String(data));
  });
  socket.on("close", () => {
    for (const close of closers.values()) close();
  });
}

/** Sends the viewer what the subscription lets through. */
function watcherOf(tenant: string, subscription: Subscription, viewer: Viewer): Watcher {
  const send = (message: object | undefined) => {
    if (message !== undefined) viewer.send(message);
  };
  return subscription.stream === "events"
    ? { tenant, stream: "events", see: (event) => send(subscription.message(event)) }
    : { tenant, stream: "logs", see: (record) => send(subscription.message(record)) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
