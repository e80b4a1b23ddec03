import { formatShort } from "@sightline/gotext/format-float";
import { positionText } from "@sightline/gotext/position";
import type { Span } from "./ast.ts";

/** What was odd about a query that was answered all the same, as clients of Prometheus show it. */
export interface Annotations {
  readonly warnings: readonly string[];
  readonly infos: readonly string[];
}

/** Buckets of a classic histogram that had to be raised to what is below them. */
export interface ForcedBuckets {
  readonly atMs: number;
  readonly leastBound: number;
  readonly greatestBound: number;
  readonly greatestDifference: number;
}

/** Gathers what is odd. Each text is told once, at the place where it came up last. */
export interface Notes {
  warn(text: string, span: Span): void;
  inform(text: string, span: Span): void;
  informForced(text: string, span: Span, forced: ForcedBuckets): void;
  result(source: string): Annotations;
}

interface Forced extends ForcedBuckets {
  readonly firstMs: number;
  readonly samples: number;
}

interface Note {
  readonly level: "warning" | "info";
  readonly at: number;
  readonly forced: Forced | null;
}

/** How many different texts are kept: they hold names of metrics, of which a query may meet many. */
const maxNotes = 1_000;

export function createNotes(): Notes {
  const notes = new Map<string, Note>();
  const put = (text: string, note: Note) => {
    if (notes.has(text) || notes.size < maxNotes) notes.set(text, note);
  };
  return {
    warn: (text, span) => put(`PromQL warning: ${text}`, { level: "warning", at: span.start, forced: null }),
    inform: (text, span) => put(`PromQL info: ${text}`, { level: "info", at: span.start, forced: null }),
    informForced(text, span, forced) {
      const key = `PromQL info: ${text}`;
      const before = notes.get(key)?.forced ?? null;
      put(key, { level: "info", at: span.start, forced: merged(before, forced) });
    },
    result(source) {
      const texts = (level: Note["level"]) =>
        [...notes]
          .filter(([, note]) => note.level === level)
          .map(([text, { at, forced }]) => `${text}${forcedText(forced)} (${positionText(source, at)})`)
          .sort();
      return { warnings: texts("warning"), infos: texts("info") };
    },
  };
}

function merged(before: Forced | null, now: ForcedBuckets): Forced {
  if (before === null) return { ...now, firstMs: now.atMs, samples: 1 };
  return {
    firstMs: Math.min(before.firstMs, now.atMs),
    atMs: Math.max(before.atMs, now.atMs),
    leastBound: Math.min(before.leastBound, now.leastBound),
    greatestBound: Math.max(before.greatestBound, now.greatestBound),
    greatestDifference: Math.max(before.greatestDifference, now.greatestDifference),
    samples: before.samples + 1,
  };
}

function forcedText(forced: Forced | null): string {
  if (forced === null) return "";
  const bounds = `from buckets ${formatShort(forced.leastBound)} to ${formatShort(forced.greatestBound)}`;
  const difference = formatShort(Number(forced.greatestDifference.toPrecision(2)));
  const times = `over ${forced.samples} samples from ${timeText(forced.firstMs)} to ${timeText(forced.atMs)}`;
  return `, ${bounds}, with a max diff of ${difference}, ${times}`;
}

function timeText(ms: number): string {
  return new Date(Math.floor(ms / 1000) * 1000).toISOString().replace(".000Z", "Z");
}
