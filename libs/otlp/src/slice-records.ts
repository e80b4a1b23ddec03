import { fieldHead, type MessagePath, readLevel } from "./message-path.ts";

/** Records of a message by their place in it, from 0. */
export interface RecordRange {
  /** The first one. */
  readonly from: number;
  /** The one behind the last. */
  readonly to: number;
}

/**
 * How many records a protobuf message has. What leads on to none, such as a metric without points, counts as one: it
 * says something too. The message must be well-formed.
 */
export function countRecords(message: Uint8Array, path: MessagePath): number {
  const [level, ...deeper] = path;
  if (level === undefined) return 1;
  const { items } = readLevel(message, level);
  if (items.length === 0) return 1;
  return items.reduce((total, { value }) => total + countRecords(value, deeper), 0);
}

/**
 * A message with some of the records of another, as `countRecords` counts them, under a copy of what surrounds them;
 * nothing is in it of resources, scopes and metrics that have none of these.
 */
export function sliceRecords(message: Uint8Array, path: MessagePath, { from, to }: RecordRange): Uint8Array {
  const [level, ...deeper] = path;
  const { items, rest } = readLevel(message, level);
  if (items.length === 0) return message;
  const kept: Uint8Array[] = [rest];
  let start = 0;
  for (const item of items) {
    const end = start + countRecords(item.value, deeper);
    if (from <= start && end <= to) kept.push(item.whole);
    else if (from < end && start < to) {
      const value = sliceRecords(item.value, deeper, { from: from - start, to: to - start });
      kept.push(fieldHead(item, value.length), value);
    }
    start = end;
  }
  return Buffer.concat(kept);
}
