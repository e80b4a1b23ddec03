import type { SystemEvent } from "@sightline/proto/sightline/event/v1/event";
import type { LogRecord } from "@sightline/proto/sightline/query/v1/query_service";
import type { Subscription } from "./subscription.ts";

/** Takes what a subscription lets through. */
export interface Viewer {
  readonly tenant: string;
  send(message: object): void;
}

/**
 * Gives what passes on the bus to every subscription of the same tenant. Holds nothing itself: a viewer that is slow
 * drops, and counts, on its own side.
 */
export interface FanOut {
  /** Returns the closer. */
  add(viewer: Viewer, subscription: Subscription): () => void;
  events(tenant: string, events: readonly SystemEvent[]): void;
  logs(tenant: string, records: readonly LogRecord[]): void;
  /** Whether anybody of the tenant watches the stream: decoding for nobody would be waste. */
  wants(tenant: string, stream: Subscription["stream"]): boolean;
}

/** Begins to give what passes of a stream to the fan-out; answers how to end it. */
export type Feed = (stream: Subscription["stream"], fanOut: FanOut) => () => void;

/** The feed of a stream runs while anybody, of whatever tenant, watches it: all logs of the bus cost much to receive. */
export function createFanOut(feed: Feed): FanOut {
  const watched = createWatched((stream) => feed(stream, fanOut));
  const byTenant = new Map<string, Set<{ viewer: Viewer; subscription: Subscription }>>();
  const of = (tenant: string) => byTenant.get(tenant) ?? new Set<never>();
  const fanOut: FanOut = {
    add: (viewer, subscription) => {
      const unwatch = watched(subscription.stream);
      const entry = { viewer, subscription };
      const entries = byTenant.get(viewer.tenant) ?? new Set();
      byTenant.set(viewer.tenant, entries.add(entry));
      return () => {
        if (!entries.delete(entry)) return;
        unwatch();
        if (entries.size === 0) byTenant.delete(viewer.tenant);
      };
    },
    events: (tenant, events) => {
      for (const { viewer, subscription } of of(tenant)) {
        if (subscription.stream !== "events") continue;
        for (const event of events) {
          const message = subscription.message(event);
          if (message !== undefined) viewer.send(message);
        }
      }
    },
    logs: (tenant, records) => {
      for (const { viewer, subscription } of of(tenant)) {
        if (subscription.stream !== "logs") continue;
        for (const record of records) {
          const message = subscription.message(record);
          if (message !== undefined) viewer.send(message);
        }
      }
    },
    wants: (tenant, stream) => [...of(tenant)].some(({ subscription }) => subscription.stream === stream),
  };
  return fanOut;
}

/** Opens a stream for the first who watches it and closes it after the last; the answer ends one watching. */
function createWatched(open: (stream: Subscription["stream"]) => () => void) {
  const streams = new Map<Subscription["stream"], { watchers: number; readonly close: () => void }>();
  return (stream: Subscription["stream"]) => {
    const state = streams.get(stream) ?? { watchers: 0, close: open(stream) };
    state.watchers++;
    streams.set(stream, state);
    return () => {
      state.watchers--;
      if (state.watchers > 0) return;
      streams.delete(stream);
      state.close();
    };
  };
}
