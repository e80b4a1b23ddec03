import { isUtf8 } from "node:buffer";
import type { Range } from "@sightline/otlp/range";
import type { Wire } from "@sightline/otlp/wire";
import { parseDetails } from "./details.ts";
import { isPlainObject } from "./plain-json.ts";
import { EVENT_LIMITS } from "./validate.ts";
import { textOf, type WireEvent, walkLabels } from "./wire-event.ts";

/**
 * Fast path: whether an event is within all limits, as nearly every one is. False means nothing but that `validateEvent`
 * has to look at it, which says what is wrong, if anything is.
 */
export function isPlainlyValid(event: WireEvent): boolean {
  return (
    !event.isDoubled &&
    event.time.high >= 0 &&
    event.severity <= 5 &&
    isSaid(event, event.eventType, EVENT_LIMITS.eventType) &&
    isSaid(event, event.source, EVENT_LIMITS.source) &&
    isSaid(event, event.title, EVENT_LIMITS.title) &&
    isText(event, event.target, EVENT_LIMITS.target) &&
    isText(event, event.category, EVENT_LIMITS.category) &&
    isText(event, event.description, EVENT_LIMITS.description) &&
    isText(event, event.details, EVENT_LIMITS.details) &&
    isId(event) &&
    isPercent(event.wire, event.healthScore) &&
    isUsage(event) &&
    isMetadata(event) &&
    areDetails(event)
  );
}

function areDetails(event: WireEvent): boolean {
  const { wire, details } = event;
  if (details.start === details.end) return true;
  return isPlainObject(wire, details) || parseDetails(textOf(event, details)) !== undefined;
}

/** None, or a UUID in its 36-character form. */
function isId({ wire, eventId: { start, end } }: WireEvent): boolean {
  if (start === end) return true;
  if (end - start !== UUID.length) return false;
  for (let at = 0; at < UUID.length; at++) {
    const byte = wire.bytes[start + at] ?? 0;
    if (UUID[at] === "-" ? byte !== HYPHEN : !isHexDigit(byte)) return false;
  }
  return true;
}

const UUID = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
const HYPHEN = 0x2d;

function isHexDigit(byte: number): boolean {
  const letter = byte | 0x20;
  return (byte >= 0x30 && byte <= 0x39) || (letter >= 0x61 && letter <= 0x66);
}

/** A text that begins with what is surely no blank. */
function isSaid(event: WireEvent, range: Range, maxBytes: number): boolean {
  const first = event.wire.bytes[range.start] ?? 0;
  return range.end > range.start && first > 0x20 && first < 0x7f && isText(event, range, maxBytes);
}

function isText({ wire, buffer }: WireEvent, { start, end }: Range, maxBytes: number): boolean {
  if (end - start > maxBytes) return false;
  const { view, bytes } = wire;
  let at = start;
  let seen = 0;
  for (; at + 4 <= end; at += 4) seen |= view.getInt32(at, true);
  for (; at < end; at++) seen |= bytes[at] ?? 0;
  return (seen & 0x80808080) === 0 || isUtf8(buffer.subarray(start, end));
}

function isPercent({ view }: Wire, place: number): boolean {
  if (place === 0) return true;
  const value = view.getFloat64(place, true);
  return value >= 0 && value <= 100;
}

function isUsage({ wire, usage }: WireEvent): boolean {
  if (!usage.isPresent) return true;
  return (
    isPercent(wire, usage.cpuPercent) &&
    isPercent(wire, usage.memoryPercent) &&
    isPercent(wire, usage.diskPercent) &&
    isRate(wire, usage.networkRxBytesPerSecond) &&
    isRate(wire, usage.networkTxBytesPerSecond)
  );
}

function isRate({ view }: Wire, place: number): boolean {
  if (place === 0) return true;
  const value = view.getFloat64(place, true);
  return value >= 0 && Number.isFinite(value);
}

function isMetadata(event: WireEvent): boolean {
  const { metadata } = event;
  if (metadata.message.start === metadata.message.end) return true;
  const limit = EVENT_LIMITS.metadataText;
  return (
    isText(event, metadata.correlationId, limit) &&
    isText(event, metadata.traceId, limit) &&
    isText(event, metadata.spanId, limit) &&
    isText(event, metadata.userId, limit) &&
    isText(event, metadata.sourceIp, limit) &&
    areLabels(event)
  );
}

function areLabels(event: WireEvent): boolean {
  const { wire } = event;
  let isFine = true;
  /** The places of the keys so far, to find one that is there twice. */
  const keys: number[] = [];
  walkLabels(event, (key, value) => {
    const size = key.end - key.start;
    isFine &&=
      size > 0 &&
      keys.length < MANY_KEYS &&
      isText(event, key, EVENT_LIMITS.labelKey) &&
      isText(event, value, EVENT_LIMITS.labelValue) &&
      !hasKey(wire, keys, key);
    keys.push(key.start, key.end);
  });
  return isFine;
}

/** Each key is compared with all before it, so that more labels than this, twice, are left to who has a map. */
const MANY_KEYS = 2 * 16;

function hasKey({ bytes }: Wire, keys: readonly number[], { start, end }: Range): boolean {
  for (let i = 0; i < keys.length; i += 2) {
    const other = keys[i] ?? 0;
    if ((keys[i + 1] ?? 0) - other !== end - start) continue;
    let at = 0;
    while (at < end - start && bytes[other + at] === bytes[start + at]) at++;
    if (at === end - start) return true;
  }
  return false;
}
