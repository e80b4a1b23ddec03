import type { Span } from "../../api/types.ts";
import { nanosOf } from "../../time/format-time.ts";

/** A span in its place in the tree. Times are nanoseconds. */
export interface SpanNode {
  /** The span's id; a second span of the same id gets a number behind it. */
  readonly id: string;
  readonly span: Span;
  readonly depth: number;
  /** From the start of the trace. */
  readonly offset: number;
  readonly duration: number;
  /** The time of the span in which none of its children ran. */
  readonly self: number;
  readonly children: readonly SpanNode[];
  /** All spans below it. */
  readonly descendants: number;
  /** Whether it or a span below it failed. */
  readonly failed: boolean;
  /** Whether its parent is named but not among the spans. */
  readonly orphan: boolean;
}

/** A trace as a tree. */
export interface TraceTree {
  readonly roots: readonly SpanNode[];
  /** From the earliest start to the latest end, nanoseconds; at least 1. */
  readonly duration: number;
  /** All nodes, each before its children, siblings by start. */
  readonly nodes: readonly SpanNode[];
  readonly errorCount: number;
  /** Services by the time they spent themselves, the most first. */
  readonly services: readonly { readonly name: string; readonly self: number }[];
}

/** A node while it is being built. */
interface Draft {
  readonly id: string;
  readonly span: Span;
  readonly offset: number;
  readonly duration: number;
  readonly children: Draft[];
  readonly orphan: boolean;
}

/**
 * The tree of a trace's spans. Spans whose parent is missing become roots, and so does one span of every ring of
 * parents: nothing that was sent is left out. Works without recursion, since traces can be deep.
 */
export function traceTree(spans: readonly Span[]): TraceTree {
  const starts = spans.map((span) => nanosOf(span.start));
  let first = starts[0] ?? 0n;
  for (const start of starts) if (start < first) first = start;
  const drafts = draftsOf(spans, starts, first);
  const roots = linked(drafts);
  const nodes = finished(roots);
  return {
    roots: nodes.filter((node) => node.depth === 0),
    duration: drafts.reduce((longest, draft) => Math.max(longest, draft.offset + draft.duration), 1),
    nodes,
    errorCount: spans.filter((span) => span.status === "error").length,
    services: selfByService(nodes),
  };
}

/** The nodes that are to be seen when those of the given ids are folded. */
export function visibleNodes(tree: TraceTree, folded: ReadonlySet<string>): readonly SpanNode[] {
  const visible: SpanNode[] = [];
  let skipBelow = Number.POSITIVE_INFINITY;
  for (const node of tree.nodes) {
    if (node.depth > skipBelow) continue;
    skipBelow = folded.has(node.id) && node.children.length > 0 ? node.depth : Number.POSITIVE_INFINITY;
    visible.push(node);
  }
  return visible;
}

/** The stretch of the trace that is shown, in nanoseconds from its start. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

/** Where a bar lies within the window, in percent of its width; null when it lies outside. */
export function barOf(
  node: Pick<SpanNode, "offset" | "duration">,
  { from, to }: Window,
): { left: number; width: number } | null {
  const start = Math.max(node.offset, from);
  const end = Math.min(node.offset + node.duration, to);
  if (end < start || to <= from) return null;
  return { left: ((start - from) / (to - from)) * 100, width: ((end - start) / (to - from)) * 100 };
}

/** The window made shorter (factor < 1) or longer around its middle, within the trace. */
export function zoomed({ from, to }: Window, factor: number, duration: number): Window {
  const length = Math.min(duration, Math.max(1, (to - from) * factor));
  const start = Math.min(Math.max(0, (from + to) / 2 - length / 2), duration - length);
  return { from: start, to: start + length };
}

function draftsOf(spans: readonly Span[], starts: readonly bigint[], first: bigint): Draft[] {
  const ids = new Set(spans.map((span) => span.spanId));
  const seen = new Map<string, number>();
  return spans.map((span, index) => {
    const count = (seen.get(span.spanId) ?? 0) + 1;
    seen.set(span.spanId, count);
    return {
      id: count === 1 ? span.spanId : `${span.spanId}#${count}`,
      span,
      offset: Number((starts[index] ?? first) - first),
      duration: span.durationNano,
      children: [],
      orphan: span.parentSpanId !== "" && !ids.has(span.parentSpanId),
    };
  });
}

/** Puts children into their parents, by start; gives the roots. */
function linked(drafts: readonly Draft[]): readonly Draft[] {
  const byId = new Map(drafts.map((draft) => [draft.id, draft]));
  const ordered = [...drafts].sort((a, b) => a.offset - b.offset || b.duration - a.duration);
  const roots: Draft[] = [];
  for (const draft of ordered) {
    const parent = byId.get(draft.span.parentSpanId);
    if (parent === undefined || parent === draft) roots.push(draft);
    else parent.children.push(draft);
  }
  // What no root leads to hangs in a ring of parents: its earliest span becomes a root.
  const reached = new Set<Draft>();
  const reach = (from: Draft) => {
    const waiting = [from];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      reached.add(next);
      const fresh = next.children.filter((child) => !reached.has(child));
      next.children.length = 0;
      next.children.push(...fresh);
      waiting.push(...fresh);
    }
  };
  for (const root of roots) reach(root);
  for (const draft of ordered) {
    if (reached.has(draft)) continue;
    roots.push(draft);
    reach(draft);
  }
  return roots.sort((a, b) => a.offset - b.offset);
}

/** Makes nodes of drafts, children before parents, and lists them parents first. */
function finished(roots: readonly Draft[]): readonly SpanNode[] {
  const order: { draft: Draft; depth: number }[] = [];
  const waiting = roots.map((draft) => ({ draft, depth: 0 })).reverse();
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    order.push(next);
    const { depth } = next;
    for (const draft of next.draft.children.toReversed()) waiting.push({ draft, depth: depth + 1 });
  }
  const made = new Map<Draft, SpanNode>();
  for (const { draft, depth } of order.toReversed()) {
    const children = draft.children.flatMap((child) => made.get(child) ?? []);
    made.set(draft, {
      ...draft,
      depth,
      children,
      self: selfTime(draft, children),
      descendants: children.reduce((sum, child) => sum + child.descendants + 1, 0),
      failed: draft.span.status === "error" || children.some((child) => child.failed),
    });
  }
  return order.flatMap(({ draft }) => made.get(draft) ?? []);
}

/** The length of the span less that of the union of its children within it. */
function selfTime(draft: Draft, children: readonly SpanNode[]): number {
  const end = draft.offset + draft.duration;
  let covered = 0;
  let upTo = draft.offset;
  for (const child of children) {
    const from = Math.max(upTo, child.offset);
    const to = Math.min(end, child.offset + child.duration);
    if (to <= from) continue;
    covered += to - from;
    upTo = to;
  }
  return Math.max(0, draft.duration - covered);
}

function selfByService(nodes: readonly SpanNode[]): TraceTree["services"] {
  const times = new Map<string, number>();
  for (const { span, self } of nodes) times.set(span.service, (times.get(span.service) ?? 0) + self);
  return [...times].map(([name, self]) => ({ name, self })).sort((a, b) => b.self - a.self);
}
