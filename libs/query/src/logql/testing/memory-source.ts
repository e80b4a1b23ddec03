import { compilePattern } from "@sightline/regex/pattern";
import type { LineChunk, LogSource, PaneChunk } from "../evaluate/source.ts";
import type { Condition } from "../plan/condition.ts";
import type { LineSelection } from "../plan/log-plan.ts";
import { createMatcherTest } from "../stages/label-filter.ts";
import type { Labels, StoredLine } from "../stages/line.ts";

const chunkSize = 3;

/**
 * A source that holds lines in memory and does with selections what a database would: it trusts their conditions, looks for their words
 * in an index of words, and counts in panes.
 */
export function createMemorySource(lines: readonly StoredLine[]): LogSource {
  const select = (selection: LineSelection) => lines.filter((line) => isSelected(selection, line));
  return {
    async *lines(read) {
      const direction = read.order === "backward" ? -1n : 1n;
      const sorted = select(read.selection).sort((a, b) => Number((a.timestampNs - b.timestampNs) * direction));
      const wanted = read.limit === null ? sorted : sorted.slice(0, read.limit);
      for (let at = 0; at < wanted.length; at += chunkSize)
        yield chunkOf(wanted.slice(at, at + chunkSize), read.needsText);
    },
    async *panes(read) {
      const counts = new Map<string, { line: StoredLine; pane: number; lines: number; bytes: number }>();
      for (const line of select(read.selection)) {
        const pane = Number((line.timestampNs - read.originNs - 1n) / BigInt(read.paneNs)) + 1;
        const named = read.labels === null ? line : { ...line, stream: namedLabels(line, read.labels), metadata: null };
        const key = JSON.stringify([pane, [...named.stream], [...(named.metadata ?? [])]]);
        const count = counts.get(key) ?? { line: named, pane, lines: 0, bytes: 0 };
        counts.set(key, { ...count, lines: count.lines + 1, bytes: count.bytes + Buffer.byteLength(line.text) });
      }
      yield paneChunk([...counts.values()]);
    },
  };
}

function chunkOf(lines: readonly StoredLine[], needsText: boolean): LineChunk {
  return {
    streams: lines.map(({ stream }) => stream),
    streamOf: lines.map((_, index) => index),
    timestampsNs: lines.map(({ timestampNs }) => timestampNs),
    texts: lines.map(({ text }) => (needsText ? text : "")),
    metadata: lines.map(({ metadata }) => metadata),
  };
}

function paneChunk(counts: readonly { line: StoredLine; pane: number; lines: number; bytes: number }[]): PaneChunk {
  return {
    series: counts.map(({ line: { stream, metadata } }) => ({ stream, metadata })),
    seriesOf: counts.map((_, index) => index),
    panes: counts.map(({ pane }) => pane),
    lines: counts.map((count) => count.lines),
    bytes: counts.map((count) => count.bytes),
  };
}

function labelOf({ stream, metadata }: StoredLine, name: string): string | undefined {
  return stream.get(name) ?? metadata?.get(name);
}

function namedLabels(line: StoredLine, names: readonly string[]): Labels {
  return new Map(
    names.flatMap((name): [string, string][] => {
      const value = labelOf(line, name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

function isSelected({ matchers, fromNs, toNs, conditions }: LineSelection, line: StoredLine): boolean {
  if (line.timestampNs < fromNs || line.timestampNs >= toNs) return false;
  if (!matchers.every((matcher) => createMatcherTest(matcher)(line.stream.get(matcher.name) ?? ""))) return false;
  return conditions.every((condition) => holds(condition, line));
}

/** Whether the condition holds, its words looked for first as an index would. */
export function holds(condition: Condition, line: StoredLine): boolean {
  switch (condition.kind) {
    case "contains":
      if (!hasWords(line.text, condition.words)) return false;
      return line.text.includes(condition.text) !== condition.isNegated;
    case "matches": {
      if (!hasWords(line.text, condition.words)) return false;
      const { matches } = compilePattern(condition.pattern, { anchored: false });
      return matches(line.text) !== condition.isNegated;
    }
    case "label":
      return createMatcherTest(condition.matcher)(labelOf(line, condition.matcher.name) ?? "");
    case "has_label":
      return labelOf(line, condition.name) !== undefined;
    case "all":
      return condition.of.every((inner) => holds(inner, line));
    case "any":
      return condition.of.some((inner) => holds(inner, line));
  }
}

function hasWords(text: string, words: readonly string[]): boolean {
  const known = new Set(text.toLowerCase().split(/[^\p{L}\p{N}\u0080-\uffff]+/u));
  return words.every((word) => known.has(word.toLowerCase()));
}
