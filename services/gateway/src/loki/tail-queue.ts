import type { LogqlLine } from "@sightline/proto/sightline/query/v1/logql_service";
import { labelsJson } from "../prometheus/result-json.ts";
import { CATEGORIES_GIVEN } from "./encoding-flags.ts";
import { lineJson } from "./result-json.ts";

/** A line on its way to somebody who follows a query. */
export interface TailEntry {
  /** Of its stream: names and values by turns. */
  readonly labels: readonly string[];
  readonly line: LogqlLine;
}

/** Lines that wait to be sent. What does not fit is dropped, and told of in the next frame. */
export interface TailQueue {
  add(entry: TailEntry, nowMs: number): void;
  /** What is due, as the text of one frame; null where nothing is. */
  frame(nowMs: number): string | null;
}

export interface TailQueueOptions {
  /** How long lines wait for others that are older. */
  readonly delayMs: number;
  /** How many characters of lines and labels may wait. */
  readonly maxCharacters: number;
  /** Whether labels are told apart by where they come from. */
  readonly categorize: boolean;
  /** Whether a line that is due was not sent before. */
  isNew(entry: TailEntry): boolean;
  dropped(count: number): void;
}

/** How many lines a frame has, and of how many lines that were dropped it tells. */
export const LINES_PER_FRAME = 1000;
const MAX_TOLD = 1000;
/** What a line costs beside its characters. */
const LINE_CHARACTERS = 100;

export function createTailQueue(options: TailQueueOptions): TailQueue {
  const { delayMs, maxCharacters, categorize, isNew, dropped } = options;
  let waiting: { readonly entry: TailEntry; readonly dueMs: number }[] = [];
  let missed: TailEntry[] = [];
  let characters = 0;
  const takeDue = (nowMs: number) => {
    const end = waiting.findIndex(({ dueMs }) => dueMs > nowMs);
    const count = Math.min(end < 0 ? waiting.length : end, LINES_PER_FRAME);
    const due = waiting.slice(0, count).map(({ entry }) => entry);
    waiting = waiting.slice(count);
    for (const entry of due) characters -= sizeOf(entry);
    return due.filter(isNew);
  };
  return {
    add(entry, nowMs) {
      const size = sizeOf(entry);
      if (characters + size > maxCharacters) {
        dropped(1);
        if (missed.length < MAX_TOLD) missed.push(entry);
        return;
      }
      characters += size;
      waiting.push({ entry, dueMs: nowMs + delayMs });
    },
    frame(nowMs) {
      const due = takeDue(nowMs);
      if (due.length === 0 && missed.length === 0) return null;
      const frame = tailFrame(due, { missed, categorize });
      missed = [];
      return frame;
    },
  };
}

function sizeOf({ labels, line }: TailEntry): number {
  const texts = [...labels, ...line.metadata, ...line.parsed];
  return texts.reduce((sum, text) => sum + text.length, LINE_CHARACTERS + line.text.length);
}

/** A frame of lines, the oldest first, each in its stream. */
export function tailFrame(
  entries: readonly TailEntry[],
  { missed, categorize }: { readonly missed: readonly TailEntry[]; readonly categorize: boolean },
): string {
  const byStream = new Map<string, string[]>();
  for (const { labels, line } of entries.toSorted(byTime)) {
    const stream = labelsJson(labels);
    const values = byStream.get(stream) ?? [];
    values.push(lineJson(line, categorize));
    byStream.set(stream, values);
  }
  const streams = [...byStream].map(([stream, values]) => `{"stream":${stream},"values":[${values.join()}]}`);
  const fields = [`"streams":[${streams.join()}]`];
  if (missed.length > 0) {
    const told = missed.map(({ labels, line }) => `{"labels":${labelsJson(labels)},"timestamp":"${line.unixNano}"}`);
    fields.push(`"dropped_entries":[${told.join()}]`);
  }
  if (categorize) fields.push(CATEGORIES_GIVEN);
  return `{${fields.join()}}`;
}

/** The oldest first. */
export function byTime(a: TailEntry, b: TailEntry): number {
  if (a.line.unixNano === b.line.unixNano) return 0;
  return a.line.unixNano < b.line.unixNano ? -1 : 1;
}
