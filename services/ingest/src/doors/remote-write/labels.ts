import type { Range } from "@sightline/otlp/range";

/**
 * The labels of one series or exemplar, as places in the bytes of the request: v1 has them in each series, v2 in one
 * table of symbols. Set again and again, so that a request allocates nothing for them.
 */
export interface Labels {
  readonly bytes: Uint8Array;
  /** For each label where its name begins and ends, and its value. */
  at: Int32Array;
  count: number;
  /** Which label is `__name__`, `job`, `instance`; -1 when there is none. */
  name: number;
  job: number;
  instance: number;
  /** A reference to a name whose value has not come yet (v2); -1 when there is none. */
  pendingRef: number;
  /** Whether there is an `le`: the series is a bucket of a classic histogram. */
  hasLe: boolean;
}

const FIELDS = 4;
/** More than any tenant may have. */
const MAX_LABELS = 4096;

/** Labels in these bytes. */
export function newLabels(bytes: Uint8Array): Labels {
  return {
    bytes,
    at: new Int32Array(64 * FIELDS),
    count: 0,
    name: -1,
    job: -1,
    instance: -1,
    pendingRef: -1,
    hasLe: false,
  };
}

export function clearLabels(labels: Labels): void {
  labels.count = 0;
  labels.name = -1;
  labels.job = -1;
  labels.instance = -1;
  labels.pendingRef = -1;
  labels.hasLe = false;
}

const NAME = Buffer.from("__name__");
const JOB = Buffer.from("job");
const INSTANCE = Buffer.from("instance");
const LE = Buffer.from("le");

/** Adds a label. One with an empty value is the same as none (prometheus/docs, "Data model") and is left out. */
export function addLabel(labels: Labels, name: Range, value: Range): void {
  if (value.start === value.end) return;
  const at = labels.count * FIELDS;
  if (at === labels.at.length) {
    const larger = new Int32Array(labels.at.length * 2);
    larger.set(labels.at);
    labels.at = larger;
  }
  labels.at[at] = name.start;
  labels.at[at + 1] = name.end;
  labels.at[at + 2] = value.start;
  labels.at[at + 3] = value.end;
  noteMeaning(labels, name.start, name.end);
  labels.count++;
}

function noteMeaning(labels: Labels, start: number, end: number): void {
  const { bytes } = labels;
  switch (end - start) {
    case 2:
      if (isText(bytes, start, LE)) labels.hasLe = true;
      return;
    case 3:
      if (isText(bytes, start, JOB)) labels.job = labels.count;
      return;
    case 8:
      if (bytes[start] === 0x5f && isText(bytes, start, NAME)) labels.name = labels.count;
      else if (isText(bytes, start, INSTANCE)) labels.instance = labels.count;
  }
}

function isText(bytes: Uint8Array, start: number, text: Uint8Array): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[start + i] !== text[i]) return false;
  return true;
}

/** Whether a label has that name. */
export function isNamed({ bytes, at }: Labels, label: number, name: Uint8Array): boolean {
  const start = at[label * FIELDS] ?? 0;
  return (at[label * FIELDS + 1] ?? 0) - start === name.length && isText(bytes, start, name);
}

/** What is wrong with the labels of a series; undefined when nothing is. */
export function problemOf(labels: Labels): string | undefined {
  if (labels.count > MAX_LABELS) return `got ${labels.count} labels, want at most ${MAX_LABELS}`;
  if (labels.pendingRef !== -1) return "got an odd number of label references, want pairs";
  if (labels.name === -1) return "got no metric name, want a label __name__";
  const { bytes, at, count } = labels;
  let isSorted = true;
  for (let label = 0; label < count; label++) {
    if (at[label * FIELDS] === at[label * FIELDS + 1])
      return "got a label without a name, want names that are not empty";
    if (label > 0 && compareNames(bytes, at, label - 1, label) >= 0) isSorted = false;
  }
  return isSorted ? undefined : findRepeated(labels);
}

/** Slow path: labels in another order than senders should have them (remote write 1.0) are taken all the same. */
function findRepeated({ bytes, at, count }: Labels): string | undefined {
  const order = Int32Array.from({ length: count }, (_, label) => label);
  order.sort((a, b) => compareNames(bytes, at, a, b));
  for (let i = 1; i < count; i++) {
    const label = order[i] ?? 0;
    if (compareNames(bytes, at, order[i - 1] ?? 0, label) !== 0) continue;
    const name = textOf(bytes, at[label * FIELDS] ?? 0, at[label * FIELDS + 1] ?? 0);
    return `got the label ${name} twice, want each once`;
  }
  return undefined;
}

/** How the names of two labels compare, by their bytes: below, above or equal to 0. */
function compareNames(bytes: Uint8Array, at: Int32Array, a: number, b: number): number {
  const aStart = at[a * FIELDS] ?? 0;
  const bStart = at[b * FIELDS] ?? 0;
  const aLength = (at[a * FIELDS + 1] ?? 0) - aStart;
  const bLength = (at[b * FIELDS + 1] ?? 0) - bStart;
  const common = Math.min(aLength, bLength);
  for (let i = 0; i < common; i++) {
    const difference = (bytes[aStart + i] ?? 0) - (bytes[bStart + i] ?? 0);
    if (difference !== 0) return difference;
  }
  return aLength - bLength;
}

/** Where a label's value begins; 0 when the label is -1, none. */
export function valueStart({ at }: Labels, label: number): number {
  return label === -1 ? 0 : (at[label * FIELDS + 2] ?? 0);
}

/** Where a label's value ends; 0 when the label is -1, none. */
export function valueEnd({ at }: Labels, label: number): number {
  return label === -1 ? 0 : (at[label * FIELDS + 3] ?? 0);
}

const MAX_SHOWN_CHARS = 300;

/** The series as people write it, for a refusal. */
export function seriesText({ bytes, at, count }: Labels): string {
  const shown: string[] = [];
  for (let label = 0; label < Math.min(count, 20); label++) {
    const [nameStart = 0, nameEnd = 0, start = 0, end = 0] = at.subarray(label * FIELDS, label * FIELDS + FIELDS);
    shown.push(`${textOf(bytes, nameStart, nameEnd)}=${JSON.stringify(textOf(bytes, start, end))}`);
  }
  const text = `{${shown.join(", ")}}`;
  return text.length <= MAX_SHOWN_CHARS ? text : `${text.slice(0, MAX_SHOWN_CHARS)}…`;
}

function textOf(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, Math.min(end - start, MAX_SHOWN_CHARS)).toString("utf8");
}
