import { clearRange, newRange, type Range, takeField } from "@sightline/otlp/range";
import { clearNanos, type Nanos, newNanos } from "@sightline/otlp/times";
import { next, openWire, readUint32, type Wire } from "@sightline/otlp/wire";
import { SystemEvent } from "@sightline/proto/sightline/event/v1/event";

/**
 * Where the fields of an event are in its protobuf bytes: nothing is decoded until somebody wants it. Texts that are
 * absent are empty ranges, numbers that are absent have the place 0. Set anew for each event of a batch.
 */
export interface WireEvent {
  readonly wire: Wire;
  /** The bytes of the wire, for reading texts. */
  readonly buffer: Buffer;
  /** The bytes of the event. */
  start: number;
  end: number;
  readonly eventId: Range;
  /** Both halves 0 when absent; the high one is negative beyond 2262. */
  readonly time: Nanos;
  readonly eventType: Range;
  severity: number;
  readonly source: Range;
  readonly target: Range;
  readonly category: Range;
  readonly title: Range;
  readonly description: Range;
  readonly details: Range;
  /** The place of its eight bytes. */
  healthScore: number;
  readonly usage: WireUsage;
  readonly metadata: WireMetadata;
  /** Whether a message within it is there twice, which only a decoder takes as it should. */
  isDoubled: boolean;
}

/** The places of the numbers, of eight bytes each. */
export interface WireUsage {
  isPresent: boolean;
  cpuPercent: number;
  memoryPercent: number;
  diskPercent: number;
  networkRxBytesPerSecond: number;
  networkTxBytesPerSecond: number;
}

/** Its labels are read by `walkLabels`. */
export interface WireMetadata {
  readonly message: Range;
  readonly correlationId: Range;
  readonly traceId: Range;
  readonly spanId: Range;
  readonly userId: Range;
  readonly sourceIp: Range;
}

/** Opens the bytes of an EventBatch, or of a StoreEventsRequest, which has the same form. */
export function openWireEvents(bytes: Uint8Array): WireEvent {
  return {
    wire: openWire(bytes),
    buffer: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    start: 0,
    end: 0,
    eventId: newRange(),
    time: newNanos(),
    eventType: newRange(),
    severity: 0,
    source: newRange(),
    target: newRange(),
    category: newRange(),
    title: newRange(),
    description: newRange(),
    details: newRange(),
    healthScore: 0,
    usage: {
      isPresent: false,
      cpuPercent: 0,
      memoryPercent: 0,
      diskPercent: 0,
      networkRxBytesPerSecond: 0,
      networkTxBytesPerSecond: 0,
    },
    metadata: {
      message: newRange(),
      correlationId: newRange(),
      traceId: newRange(),
      spanId: newRange(),
      userId: newRange(),
      sourceIp: newRange(),
    },
    isDoubled: false,
  };
}

/**
 * Shows the events of a batch one after the other, each in the same `event`. Throws `invalid_argument` when the bytes are
 * no batch.
 */
export function walkEvents(event: WireEvent, visit: (index: number) => void): void {
  const { wire } = event;
  const end = wire.bytes.length;
  wire.pos = 0;
  let index = 0;
  for (let tag = next(wire, end); tag !== 0; tag = next(wire, end)) {
    if (tag !== EVENTS) continue;
    const after = wire.pos;
    readEvent(event, wire.start, after);
    visit(index++);
    wire.pos = after;
  }
}

/** The text of a field. */
export function textOf({ buffer }: WireEvent, { start, end }: Range): string {
  return start === end ? "" : buffer.toString("utf8", start, end);
}

/** When it happened, nanoseconds since the Unix epoch; 0 when that is not said. */
export function timeOf({ time }: WireEvent): bigint {
  return (BigInt(time.high >>> 0) << 32n) | BigInt(time.low >>> 0);
}

/** The whole event as an object. */
export function decodeEvent({ buffer, start, end }: WireEvent): SystemEvent {
  return SystemEvent.decode(buffer.subarray(start, end));
}

/** The same for later, as long as nobody else writes where the batch lies. */
export function decodeLater({ buffer, start, end }: WireEvent): () => SystemEvent {
  return () => SystemEvent.decode(buffer.subarray(start, end));
}

/** Shows the labels; a part that is missing is an empty range. */
export function walkLabels({ wire, metadata }: WireEvent, visit: (key: Range, value: Range) => void): void {
  const { start, end } = metadata.message;
  const key = newRange();
  const value = newRange();
  wire.pos = start;
  for (let tag = next(wire, end); tag !== 0; tag = next(wire, end)) {
    if (tag !== LABELS) continue;
    const after = wire.pos;
    wire.pos = wire.start;
    clearRange(key);
    clearRange(value);
    for (let part = next(wire, after); part !== 0; part = next(wire, after)) {
      if (part === 0x0a) takeField(key, wire);
      else if (part === 0x12) takeField(value, wire);
    }
    visit(key, value);
    wire.pos = after;
  }
}

const EVENTS = 0x0a;
const LABELS = 0x32;

function clear(event: WireEvent): void {
  const { usage, metadata } = event;
  for (const range of [event.eventId, event.eventType, event.source, event.target, event.category]) clearRange(range);
  for (const range of [event.title, event.description, event.details]) clearRange(range);
  clearNanos(event.time);
  event.severity = 0;
  event.healthScore = 0;
  event.isDoubled = false;
  usage.isPresent = false;
  usage.cpuPercent = 0;
  usage.memoryPercent = 0;
  usage.diskPercent = 0;
  usage.networkRxBytesPerSecond = 0;
  usage.networkTxBytesPerSecond = 0;
  for (const range of [metadata.message, metadata.correlationId, metadata.traceId]) clearRange(range);
  for (const range of [metadata.spanId, metadata.userId, metadata.sourceIp]) clearRange(range);
}

/** Finds the fields of the event from `start` to `end`, by the tags of event.proto. */
function readEvent(event: WireEvent, start: number, end: number): void {
  const { wire } = event;
  clear(event);
  event.start = start;
  event.end = end;
  wire.pos = start;
  for (let tag = next(wire, end); tag !== 0; tag = next(wire, end)) {
    switch (tag) {
      case 0x0a:
        takeField(event.eventId, wire);
        break;
      case 0x11:
        event.time.low = wire.view.getInt32(wire.start, true);
        event.time.high = wire.view.getInt32(wire.start + 4, true);
        break;
      case 0x1a:
        takeField(event.eventType, wire);
        break;
      case 0x20:
        event.severity = readUint32(wire);
        break;
      case 0x2a:
        takeField(event.source, wire);
        break;
      case 0x32:
        takeField(event.target, wire);
        break;
      case 0x3a:
        takeField(event.category, wire);
        break;
      case 0x42:
        takeField(event.title, wire);
        break;
      case 0x4a:
        takeField(event.description, wire);
        break;
      case 0x52:
        takeField(event.details, wire);
        break;
      case 0x59:
        event.healthScore = wire.start;
        break;
      case 0x62:
        readUsage(event, wire.pos);
        break;
      case 0x6a:
        readMetadata(event, wire.pos);
        break;
      default:
    }
  }
}

function readUsage(event: WireEvent, end: number): void {
  const { wire, usage } = event;
  if (usage.isPresent) event.isDoubled = true;
  usage.isPresent = true;
  wire.pos = wire.start;
  for (let tag = next(wire, end); tag !== 0; tag = next(wire, end)) {
    switch (tag) {
      case 0x09:
        usage.cpuPercent = wire.start;
        break;
      case 0x11:
        usage.memoryPercent = wire.start;
        break;
      case 0x19:
        usage.diskPercent = wire.start;
        break;
      case 0x21:
        usage.networkRxBytesPerSecond = wire.start;
        break;
      case 0x29:
        usage.networkTxBytesPerSecond = wire.start;
        break;
      default:
    }
  }
}

function readMetadata(event: WireEvent, end: number): void {
  const { wire, metadata } = event;
  if (metadata.message.end !== 0) event.isDoubled = true;
  takeField(metadata.message, wire);
  wire.pos = wire.start;
  for (let tag = next(wire, end); tag !== 0; tag = next(wire, end)) {
    switch (tag) {
      case 0x0a:
        takeField(metadata.correlationId, wire);
        break;
      case 0x12:
        takeField(metadata.traceId, wire);
        break;
      case 0x1a:
        takeField(metadata.spanId, wire);
        break;
      case 0x22:
        takeField(metadata.userId, wire);
        break;
      case 0x2a:
        takeField(metadata.sourceIp, wire);
        break;
      default:
    }
  }
}
