import { type Latency, newLatency } from "./latency.ts";
import type { Family } from "./metrics-payload.ts";
import { type Counted, encodeLabels } from "./series-labels.ts";

/** What kind of nodes an edge is between; "" of two services. */
export type ConnectionType = "" | "virtual_node" | "messaging_system" | "database";

/** An edge of the service graph, and what was counted of it. */
export interface Edge extends Counted {
  requests: number;
  failed: number;
  /** As the server saw it; where it says nothing, as the client did. */
  readonly server: Latency;
  readonly caller: Latency;
  /** From a message's sending to its receipt. */
  readonly messaging: Latency;
  unpaired: number;
  dropped: number;
}

export interface EdgeOptions {
  /** Upper bounds of the buckets, seconds. */
  readonly bounds: readonly number[];
  /** What a series counts from now on began then, nanoseconds since the Unix epoch. */
  readonly sinceUnixNano: () => bigint;
  /** Whether the tenant may have so many more series. */
  readonly admit: (series: number) => boolean;
  readonly giveBack: (series: number) => void;
  readonly dropped: (reason: "series" | "waiting") => void;
}

/** All edges of a tenant. */
export interface Edges {
  /** The edge, a new one when need be; undefined when the tenant has too many series. "" stands for an end that is not known. */
  of(client: string, server: string, type: ConnectionType, nowMs: number): Edge | undefined;
  /** Forgets those of which nothing was heard since then. */
  forget(beforeMs: number): void;
  /** What is there now was published. */
  published(): void;
  families(): Family[];
}

/** What an edge has in series, that of messages left out, which few have. */
const SERIES_OF_EDGE = 4;

export function createEdges({ bounds, sinceUnixNano, admit, giveBack, dropped }: EdgeOptions): Edges {
  const edges = new Map<string, Edge>();
  const having = function* <T>(value: (edge: Edge) => T, has: (edge: Edge) => boolean): Generator<[Edge, T]> {
    for (const edge of edges.values()) if (has(edge)) yield [edge, value(edge)];
  };
  const counter = (name: string, description: string, value: (edge: Edge) => number, has: (edge: Edge) => boolean) =>
    ({
      kind: "counter",
      name: `traces_service_graph_${name}_total`,
      description,
      unit: "",
      series: having(value, has),
    }) as const;
  const latency = (name: string, description: string, value: (edge: Edge) => Latency) =>
    ({
      kind: "latency",
      name: `traces_service_graph_request_${name}_seconds`,
      description,
      bounds,
      series: having(value, (edge) => value(edge).count > 0),
    }) as const;

  return {
    of(client, server, type, nowMs) {
      const key = `${client}\n${server}\n${type}`;
      const known = edges.get(key);
      if (known !== undefined) {
        known.lastSeenMs = nowMs;
        return known;
      }
      if (!admit(SERIES_OF_EDGE)) {
        dropped("series");
        return undefined;
      }
      const edge = newEdge({ client, server, type }, { bounds, sinceUnixNano: sinceUnixNano(), nowMs });
      edges.set(key, edge);
      return edge;
    },
    forget(beforeMs) {
      for (const [key, edge] of edges) {
        if (edge.lastSeenMs >= beforeMs) continue;
        edges.delete(key);
        giveBack(SERIES_OF_EDGE);
      }
    },
    published() {
      for (const edge of edges.values()) {
        edge.isKnown = true;
        for (const each of [edge.server, edge.caller, edge.messaging]) each.exemplar = undefined;
      }
    },
    families: () => [
      counter("request", "Requests between two nodes", (edge) => edge.requests, isConnected),
      counter("request_failed", "Failed requests between two nodes", (edge) => edge.failed, isConnected),
      latency("server", "Time for a request between two nodes as seen from the server", (edge) => edge.server),
      latency("client", "Time for a request between two nodes as seen from the client", (edge) => edge.caller),
      latency("messaging_system", "Time between sending a message and receiving it", (edge) => edge.messaging),
      counter("unpaired_spans", "Spans whose other end did not come in time", (edge) => edge.unpaired, hasUnpaired),
      counter("dropped_spans", "Spans that could not wait for their other end", (edge) => edge.dropped, hasDropped),
    ],
  };
}

const isConnected = (edge: Edge) => edge.requests > 0;
const hasUnpaired = (edge: Edge) => edge.unpaired > 0;
const hasDropped = (edge: Edge) => edge.dropped > 0;

interface Ends {
  readonly client: string;
  readonly server: string;
  readonly type: ConnectionType;
}

interface Beginning {
  readonly bounds: readonly number[];
  readonly sinceUnixNano: bigint;
  readonly nowMs: number;
}

function newEdge({ client, server, type }: Ends, { bounds, sinceUnixNano, nowMs }: Beginning): Edge {
  return {
    labels: encodeLabels([
      ["client", client],
      ["server", server],
      ["connection_type", type],
    ]),
    sinceUnixNano,
    isKnown: false,
    lastSeenMs: nowMs,
    requests: 0,
    failed: 0,
    server: newLatency(bounds),
    caller: newLatency(bounds),
    messaging: newLatency(bounds),
    unpaired: 0,
    dropped: 0,
  };
}
