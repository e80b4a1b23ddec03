import type { SystemEvent } from "@sightline/proto/sightline/event/v1/event";
import type { LogRecord } from "@sightline/proto/sightline/query/v1/query_service";

/** Sees all that passes of one stream of a tenant. Seeing is on the event loop's time, and must be quick. */
export type Watcher = { readonly tenant: string } & (
  | { readonly stream: "events"; see(event: SystemEvent): void }
  | { readonly stream: "logs"; see(record: LogRecord): void }
);

/**
 * Gives what passes on the bus to every watcher of the same tenant. Holds nothing itself: one that is slow drops, and counts, on its
 * own side.
 */
export interface FanOut {
  /** Returns the closer. */
  add(watcher: Watcher): () => void;
  events(tenant: string, events: readonly SystemEvent[]): void;
  logs(tenant: string, records: readonly LogRecord[]): void;
  /** Whether anybody of the tenant watches the stream: decoding for nobody would be waste. */
  wants(tenant: string, stream: Watcher["stream"]): boolean;
}

/** Begins to give what passes of a stream to the fan-out; answers how to end it. */
export type Feed = (stream: Watcher["stream"], fanOut: FanOut) => () => void;

/** The feed of a stream runs while anybody, of whatever tenant, watches it: all logs of the bus cost much to receive. */
export function createFanOut(feed: Feed): FanOut {
  const watched = createWatched((stream) => feed(stream, fanOut));
  const byTenant = new Map<string, Set<Watcher>>();
  const of = (tenant: string) => byTenant.get(tenant) ?? new Set<never>();
  const fanOut: FanOut = {
    add: (watcher) => {
      const unwatch = watched(watcher.stream);
      const entry = { ...watcher };
      const entries = byTenant.get(entry.tenant) ?? new Set();
      byTenant.set(entry.tenant, entries.add(entry));
      return () => {
        if (!entries.delete(entry)) return;
        unwatch();
        if (entries.size === 0) byTenant.delete(entry.tenant);
      };
    },
    events: (tenant, events) => {
      for (const watcher of of(tenant)) {
        if (watcher.stream === "events") for (const event of events) watcher.see(event);
      }
    },
    logs: (tenant, records) => {
      for (const watcher of of(tenant)) {
        if (watcher.stream === "logs") for (const record of records) watcher.see(record);
      }
    },
    wants: (tenant, stream) => [...of(tenant)].some((watcher) => watcher.stream === stream),
  };
  return fanOut;
}

/** Opens a stream for the first who watches it and closes it after the last; the answer ends one watching. */
function createWatched(open: (stream: Watcher["stream"]) => () => void) {
  const streams = new Map<Watcher["stream"], { watchers: number; readonly close: () => void }>();
  return (stream: Watcher["stream"]) => {
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
