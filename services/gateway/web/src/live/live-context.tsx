import { useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useEffect, useRef, useState, useSyncExternalStore } from "react";
import { sessionKey } from "../api/session.ts";
import { createLiveClient, type LiveClient, type LiveState, type LiveSubscriber } from "./live-client.ts";

const LiveContext = createContext<LiveClient | null>(null);

/** Keeps the page's live connection for as long as it is shown. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const queryClient = useQueryClient();
  const [client] = useState(() =>
    createLiveClient({
      url: `${window.location.origin.replace(/^http/, "ws")}/v1/stream`,
      baseDelayMs: 500,
      maxDelayMs: 15_000,
      now: Date.now,
      random: Math.random,
    }),
  );
  useEffect(() => {
    client.start();
    const retry = () => client.retry();
    window.addEventListener("online", retry);
    // A refused upgrade looks like any lost connection: only the session tells whether the login has ended.
    const unwatch = client.watch(() => {
      const state = client.state();
      if (state.t === "waiting" && state.attempt === 2) void queryClient.invalidateQueries({ queryKey: sessionKey });
    });
    return () => {
      window.removeEventListener("online", retry);
      unwatch();
      client.stop();
    };
  }, [client, queryClient]);
  return <LiveContext value={client}>{children}</LiveContext>;
}

const stopped: LiveState = { t: "stopped" };

/** Where the live connection is, and a way to try again at once. */
export function useLiveState(): { readonly state: LiveState; readonly retry: () => void } {
  const client = useContext(LiveContext);
  const state = useSyncExternalStore(
    (listener) => client?.watch(listener) ?? (() => undefined),
    () => client?.state() ?? stopped,
  );
  return { state, retry: () => client?.retry() };
}

/** Subscribes while shown; anew when stream or filters change. Null subscribes to nothing. */
export function useLiveStream<T>(subscriber: LiveSubscriber<T> | null): void {
  const client = useContext(LiveContext);
  const latest = useRef(subscriber);
  useEffect(() => {
    latest.current = subscriber;
  });
  // The callbacks may differ at every render: only what is asked for makes a new subscription.
  const wanted = subscriber === null ? null : JSON.stringify([subscriber.stream.name, subscriber.filters]);
  useEffect(() => {
    const current = latest.current;
    if (client === null || wanted === null || current === null) return;
    return client.subscribe({
      stream: current.stream,
      filters: current.filters,
      onItem: (item) => latest.current?.onItem(item),
      onDropped: (count) => latest.current?.onDropped?.(count),
      onError: (message) => latest.current?.onError?.(message),
      onResumed: () => latest.current?.onResumed?.(),
    });
  }, [client, wanted]);
}
