import { addBytes, clearHash, newHash } from "@sightline/otlp/fingerprint";
import type { WalkedSpan } from "@sightline/otlp/span-walk";
import { millisecondsOf } from "@sightline/otlp/times";
import type { Wire } from "@sightline/otlp/wire";
import { type ConnectionType, createEdges, type EdgeOptions, type Edges } from "./edges.ts";
import { keyOfHash } from "./hash-key.ts";
import { exemplify, type Latency, observe } from "./latency.ts";
import type { Family } from "./metrics-payload.ts";
import { databaseName, firstOf, type Queue, queueOf, type ReadAttribute } from "./node-names.ts";

/** A span as the graph looks at it. */
export interface GraphSpan {
  readonly wire: Wire;
  readonly span: WalkedSpan;
  /** The service that it is of. */
  readonly service: string;
  /** How long it took. */
  readonly seconds: number;
  /** How many it stands for. */
  readonly weight: number;
  readonly read: ReadAttribute;
  /** Milliseconds since the Unix epoch. */
  readonly nowMs: number;
}

export interface ServiceGraphOptions extends EdgeOptions {
  /** How long a span waits for the one at the other end, milliseconds. */
  readonly waitMs: number;
  /** How many may wait. */
  readonly maxWaiting: number;
  /** The attributes that name a node which sends no spans, in their order. */
  readonly peerAttributes: readonly string[];
  /** When some traces were left out that were not before, or the other way round; milliseconds since the Unix epoch. */
  readonly sampleChangedMs: () => number;
  /** So many destinations of queues are nodes of their own; of more, all that is on the same system is one. */
  readonly maxDestinations: number;
}

/** Who calls whom, of one tenant. */
export interface ServiceGraph {
  /** Looks at a span that may be an end of an edge; may move the wire. */
  see(seen: GraphSpan): void;
  /** Ends the waiting of those that have waited long enough. */
  expire(nowMs: number): void;
  waiting(): number;
  readonly edges: Pick<Edges, "forget" | "published">;
  families(): Family[];
}

/** Of Span.SpanKind. */
const SERVER = 2;
const CLIENT = 3;
const PRODUCER = 4;
const CONSUMER = 5;
/** Of Status.StatusCode. */
const ERROR = 2;

/** What a node is called that begins traces without sending spans. */
const USER = "user";

/** One end of an edge, whose other end has not come. */
interface End {
  readonly isCaller: boolean;
  readonly isMessage: boolean;
  readonly service: string;
  readonly seconds: number;
  readonly weight: number;
  readonly failed: boolean;
  /** When a message was sent off or received, milliseconds since the Unix epoch. */
  readonly atMs: number;
  /** What the other end is called if it never comes; "" when nobody knows. */
  readonly peer: string;
  readonly untilMs: number;
  /** It is in the graph already, and waits for who else receives the message. */
  isSettled: boolean;
}

/** The times of a request as far as they are known, seconds. */
interface Times {
  readonly server?: number;
  readonly client?: number;
  readonly messaging?: number;
  /** How many requests it stands for, where that is not what the span at hand stands for. */
  readonly weight?: number;
}

interface Connection {
  readonly client: string;
  readonly server: string;
  readonly type: ConnectionType;
}

/**
 * Pairs the spans at both ends of a request: a client's with the server's whose parent it is, a producer's with the
 * consumer's. Databases and queues send no spans; they become nodes by what their clients say of them. What is an edge,
 * and its names and metrics, are as Tempo's metrics generator has them
 * (https://grafana.com/docs/tempo/latest/metrics-from-traces/service_graphs/); beyond it a queue that is named is a node
 * of its own between producer and consumer, and one message may have many consumers.
 */
export function createServiceGraph(options: ServiceGraphOptions): ServiceGraph {
  const { waitMs, maxWaiting, peerAttributes } = options;
  const edges = createEdges(options);
  const queueName = createQueueNames(options.maxDestinations);
  /** By the ids of trace and calling span; in the order in which they came. */
  const ends = new Map<number, End>();
  const hash = newHash();

  const record = ({ client, server, type }: Connection, times: Times & { failed: boolean }, seen: GraphSpan) => {
    const edge = edges.of(client, server, type, seen.nowMs);
    if (edge === undefined) return;
    const { weight = seen.weight } = times;
    edge.requests += weight;
    if (times.failed) edge.failed += weight;
    const note = (latency: Latency, seconds: number | undefined) => {
      if (seconds === undefined) return;
      observe(latency, options.bounds, seconds, weight);
      exemplify(latency, seen.span, seen.wire, seconds);
    };
    note(edge.server, times.server);
    note(edge.caller, times.client);
    note(edge.messaging, times.messaging);
  };

  const giveUp = (end: End, nowMs: number): void => {
    // Nobody knows whether the other end came and was left out.
    const isDoubtful = options.sampleChangedMs() > end.untilMs - 2 * waitMs;
    if (end.isSettled || isDoubtful) return;
    const { service, peer, seconds, isCaller, failed, weight } = end;
    if (!isCaller || peer === "") {
      const lone = isCaller ? edges.of(service, "", "", nowMs) : edges.of("", service, "", nowMs);
      if (lone !== undefined) lone.unpaired += weight;
      return;
    }
    const edge = edges.of(service, peer, "virtual_node", nowMs);
    if (edge === undefined) return;
    edge.requests += weight;
    if (failed) edge.failed += weight;
    observe(edge.server, options.bounds, seconds, weight);
    observe(edge.caller, options.bounds, seconds, weight);
  };

  const wait = (key: number, end: End, nowMs: number): void => {
    if (ends.size >= maxWaiting) {
      const lone = end.isCaller ? edges.of(end.service, "", "", nowMs) : edges.of("", end.service, "", nowMs);
      if (lone !== undefined) lone.dropped += end.weight;
      options.dropped("waiting");
    } else ends.set(key, end);
  };

  const pair = (key: number, end: End, seen: GraphSpan): void => {
    const other = ends.get(key);
    if (other === undefined) {
      wait(key, end, seen.nowMs);
      return;
    }
    if (other.isCaller === end.isCaller) {
      giveUp(end, seen.nowMs);
      return;
    }
    const [caller, callee] = end.isCaller ? [end, other] : [other, end];
    const isMessage = caller.isMessage || callee.isMessage;
    record(
      { client: caller.service, server: callee.service, type: isMessage ? "messaging_system" : "" },
      {
        client: caller.seconds,
        server: callee.seconds,
        failed: caller.failed || callee.failed,
        weight: Math.max(caller.weight, callee.weight),
        ...(isMessage ? { messaging: Math.max(0, callee.atMs - caller.atMs) / 1000 } : {}),
      },
      seen,
    );
    caller.isSettled = true;
    if (!caller.isMessage) ends.delete(key);
    else if (end.isCaller) {
      ends.delete(key);
      ends.set(key, end);
    }
  };

  const keyOf = ({ wire, span }: GraphSpan, id: { start: number; end: number }): number => {
    clearHash(hash);
    addBytes(hash, wire.view, span.traceId.start, span.traceId.end);
    addBytes(hash, wire.view, id.start, id.end);
    return keyOfHash(hash);
  };

  const seeCaller = (seen: GraphSpan): void => {
    const { span, service, seconds, weight, read, nowMs } = seen;
    const failed = span.statusCode === ERROR;
    const queue = queueOf(read);
    const database = queue === undefined ? databaseName(read) : "";
    if (database !== "") {
      record(
        { client: service, server: database, type: "database" },
        { client: seconds, server: seconds, failed },
        seen,
      );
      return;
    }
    if (queue !== undefined) {
      const server = queueName(queue);
      record({ client: service, server, type: "messaging_system" }, { client: seconds, server: seconds, failed }, seen);
      // Who asks a queue for messages gets no answer that is a span.
      if (span.kind === CLIENT) return;
    }
    const atMs = millisecondsOf(span.end);
    const peer = firstOf(read, peerAttributes);
    const isMessage = span.kind === PRODUCER;
    const untilMs = nowMs + waitMs;
    const key = keyOf(seen, span.spanId);
    pair(
      key,
      {
        isCaller: true,
        isMessage,
        service,
        seconds,
        weight,
        failed,
        atMs,
        peer,
        untilMs,
        isSettled: queue !== undefined,
      },
      seen,
    );
  };

  const seeCallee = (seen: GraphSpan): void => {
    const { wire, span, service, seconds, weight, read, nowMs } = seen;
    const failed = span.statusCode === ERROR;
    const isMessage = span.kind === CONSUMER;
    const queue = isMessage ? queueOf(read) : undefined;
    if (queue !== undefined) {
      record(
        { client: queueName(queue), server: service, type: "messaging_system" },
        { server: seconds, failed },
        seen,
      );
    }
    if (!isId(wire, span.parentSpanId)) {
      if (queue !== undefined) return;
      const client = firstOf(read, peerAttributes) || USER;
      record({ client, server: service, type: "virtual_node" }, { server: seconds, failed }, seen);
      return;
    }
    const atMs = millisecondsOf(span.start);
    const untilMs = nowMs + waitMs;
    const isSettled = queue !== undefined;
    pair(
      keyOf(seen, span.parentSpanId),
      { isCaller: false, isMessage, service, seconds, weight, failed, atMs, peer: "", untilMs, isSettled },
      seen,
    );
  };

  return {
    see(seen) {
      if (!isId(seen.wire, seen.span.traceId)) return;
      switch (seen.span.kind) {
        case CLIENT:
        case PRODUCER:
          seeCaller(seen);
          break;
        case SERVER:
        case CONSUMER:
          seeCallee(seen);
          break;
        default:
      }
    },
    expire(nowMs) {
      for (const [key, end] of ends) {
        if (end.untilMs > nowMs) return;
        ends.delete(key);
        giveUp(end, nowMs);
      }
    },
    waiting: () => ends.size,
    edges,
    families: edges.families,
  };
}

/** An id of zeros is none (opentelemetry-proto trace.proto, parent_span_id). */
function isId({ bytes }: Wire, { start, end }: { start: number; end: number }): boolean {
  for (let at = start; at < end; at++) if (bytes[at] !== 0) return true;
  return false;
}

/** The names of queues as nodes: `nats/orders.created`; of too many destinations no more than the system. */
function createQueueNames(maxDestinations: number): (queue: Queue) => string {
  const names = new Map<string, Map<string, string>>();
  let known = 0;
  return ({ system, destination }) => {
    if (destination === "") return system;
    const ofSystem = names.get(system) ?? new Map<string, string>();
    const name = ofSystem.get(destination);
    if (name !== undefined) return name;
    if (known >= maxDestinations) return system;
    known += 1;
    names.set(system, ofSystem);
    const made = `${system}/${destination}`;
    ofSystem.set(destination, made);
    return made;
  };
}
