import type { NormalizedSpan, NormalizedTrace, Warning } from "./normalized-trace.ts";
import type { TracePatch } from "./patch.ts";

/** In what direction something went. */
type Direction = "increased" | "decreased" | "unchanged";

/** What changed of a service. */
interface ServiceRollup {
  readonly name: string;
  readonly sumSpanDurationDeltaMs: number;
  readonly modified: number;
  readonly added: number;
  readonly removed: number;
  readonly newErrors: number;
  readonly resolvedErrors: number;
}

/** What changed between two traces, at a glance (Tempo's `trace-summary-v0-native`). */
export interface TraceSummary {
  readonly version: "trace-summary-v0-native";
  readonly base: object;
  readonly compare: object;
  readonly signals: Readonly<Record<string, Direction | "changed">>;
  readonly trust: { readonly matchedSpanRatio: number; readonly structureOverlap: number };
  readonly stats: Readonly<Record<string, number>>;
  readonly warnings?: readonly Warning[];
  /** All of them. */
  readonly changedServices: readonly string[];
  /** Of those whose spans changed or took another time. */
  readonly services: readonly ServiceRollup[];
}

const MS_NS = 1_000_000;
/** What the spans of a service took in all differs when it does so by this share of it. */
const DRIFT_SHARE = 0.05;

/** Summarizes what a patch changes; what the patch leaves out as noise of single spans counts here, all together. */
export function summaryOf(patch: TracePatch, base: NormalizedTrace, compare: NormalizedTrace): TraceSummary {
  const [before, after] = [takenBy(base), takenBy(compare)];
  const { stats } = patch;
  const restructured = restructuredServices(base, compare);
  const { changedServices, services } = servicesOf(patch, { base, compare, restructured });
  const deltas = {
    traceLatencyDeltaMs: msOf(after.envelopeNanos - before.envelopeNanos),
    sumSpanDurationDeltaMs: msOf(after.sumNanos - before.sumNanos),
    spanCountDelta: stats.spanCountB - stats.spanCountA,
    errorSpanDelta: after.errors - before.errors,
  };
  const isRestructured = stats.addedSpans > 0 || stats.removedSpans > 0 || restructured.size > 0;
  const { matchedSpans, modifiedSpans, addedSpans, removedSpans, fieldChanges, attributeChanges } = stats;
  return {
    version: "trace-summary-v0-native",
    base: sideOf(base, before),
    compare: sideOf(compare, after),
    signals: {
      traceLatency: directionOf(deltas.traceLatencyDeltaMs),
      sumSpanDuration: directionOf(deltas.sumSpanDurationDeltaMs),
      errors: directionOf(deltas.errorSpanDelta),
      spanCount: directionOf(deltas.spanCountDelta),
      structure: isRestructured ? "changed" : "unchanged",
    },
    trust: {
      matchedSpanRatio: ratio(matchedSpans, Math.max(stats.spanCountA, stats.spanCountB)),
      structureOverlap: ratio(matchedSpans, Math.min(stats.spanCountA, stats.spanCountB)),
    },
    stats: {
      ...deltas,
      ...{ matchedSpans, modifiedSpans, addedSpans, removedSpans, fieldChanges, attributeChanges },
    },
    ...(patch.warnings.length === 0 ? {} : { warnings: patch.warnings }),
    changedServices,
    services,
  };
}

interface Taken {
  /** From the first beginning to the last end. */
  readonly envelopeNanos: number;
  readonly sumNanos: number;
  readonly errors: number;
}

function takenBy({ spans }: NormalizedTrace): Taken {
  const timed = spans.filter(({ durationNanos }) => durationNanos !== undefined);
  const [first] = timed;
  const start = timed.reduce((least, span) => minOf(least, span.startUnixNano), first?.startUnixNano ?? 0n);
  const end = timed.reduce((most, span) => maxOf(most, span.endUnixNano), first?.endUnixNano ?? 0n);
  return {
    envelopeNanos: Number(end - start),
    sumNanos: sumNanosOf(spans),
    errors: spans.filter(isError).length,
  };
}

const minOf = (one: bigint, other: bigint) => (other < one ? other : one);
const maxOf = (one: bigint, other: bigint) => (other > one ? other : one);
const isError = ({ status }: { readonly status: string }) => status === "error";
const sumNanosOf = (spans: readonly NormalizedSpan[]) =>
  spans.reduce((sum, { durationNanos = 0 }) => sum + durationNanos, 0);

function sideOf({ traceId, spanCount, spans }: NormalizedTrace, { envelopeNanos, sumNanos, errors }: Taken): object {
  const { service = "", name = "" } = spans[0]?.ref ?? {};
  return {
    traceId,
    ...(service === "" ? {} : { rootService: service }),
    ...(name === "" ? {} : { rootName: name }),
    spanCount,
    errorSpanCount: errors,
    durationMs: msOf(envelopeNanos),
    sumSpanDurationMs: msOf(sumNanos),
  };
}

/** Without a sign for nothing. */
function msOf(nanos: number): number {
  return Math.trunc(nanos / MS_NS) || 0;
}

function directionOf(delta: number): Direction {
  if (delta === 0) return "unchanged";
  return delta > 0 ? "increased" : "decreased";
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

const serviceOf = ({ service }: { readonly service: string }) => service || "<unknown>";
const byService = ({ spans }: NormalizedTrace) => Map.groupBy(spans, ({ ref }) => serviceOf(ref));

/** The services of whose spans others hang below others, whatever their order. */
function restructuredServices(base: NormalizedTrace, compare: NormalizedTrace): ReadonlySet<string> {
  const [before, after] = [byService(base), byService(compare)];
  const services = new Set([...before.keys(), ...after.keys()]);
  const rowsOf = (spans: readonly NormalizedSpan[] = []) =>
    JSON.stringify(spans.map(({ identity, parentIdentity }) => `${parentIdentity}>${identity}`).sort());
  return new Set([...services].filter((name) => rowsOf(before.get(name)) !== rowsOf(after.get(name))));
}

interface Sides {
  readonly base: NormalizedTrace;
  readonly compare: NormalizedTrace;
  readonly restructured: ReadonlySet<string>;
}

function servicesOf(patch: TracePatch, { base, compare, restructured }: Sides) {
  const [before, after] = [byService(base), byService(compare)];
  const counts = countsOf(patch);
  const changed = new Set([...counts.keys(), ...restructured]);
  const services: ServiceRollup[] = [];
  for (const name of new Set([...before.keys(), ...after.keys()])) {
    const baseNanos = sumNanosOf(before.get(name) ?? []);
    const deltaNanos = sumNanosOf(after.get(name) ?? []) - baseNanos;
    const isDrift = Math.abs(deltaNanos) >= Math.max(MS_NS, baseNanos * DRIFT_SHARE);
    if (isDrift) changed.add(name);
    const count = counts.get(name);
    if (!isDrift && count === undefined) continue;
    services.push({ name, sumSpanDurationDeltaMs: msOf(deltaNanos), ...(count ?? NO_COUNTS) });
  }
  return { changedServices: [...changed].sort(), services: services.sort(byWeight) };
}

function byWeight(one: ServiceRollup, other: ServiceRollup): number {
  const byTime = Math.abs(other.sumSpanDurationDeltaMs) - Math.abs(one.sumSpanDurationDeltaMs);
  const byErrors = other.newErrors - one.newErrors;
  return byTime || byErrors || (one.name < other.name ? -1 : 1);
}

type Counts = Omit<ServiceRollup, "name" | "sumSpanDurationDeltaMs">;

const NO_COUNTS: Counts = { modified: 0, added: 0, removed: 0, newErrors: 0, resolvedErrors: 0 };

/** What the patch changes, by services. */
function countsOf({ modified, added, removed }: TracePatch): ReadonlyMap<string, Counts> {
  const counts = new Map<string, Counts>();
  const count = (ref: { readonly service: string }, more: Partial<Counts>) => {
    const known = counts.get(serviceOf(ref)) ?? NO_COUNTS;
    const sum = (name: keyof Counts) => known[name] + (more[name] ?? 0);
    counts.set(serviceOf(ref), {
      modified: sum("modified"),
      added: sum("added"),
      removed: sum("removed"),
      newErrors: sum("newErrors"),
      resolvedErrors: sum("resolvedErrors"),
    });
  };
  for (const { span, changes } of modified) {
    const status = changes.find(({ target }) => target.type === "field" && target.name === "status");
    const newErrors = status?.after === "error" ? 1 : 0;
    const resolvedErrors = status?.before === "error" ? 1 : 0;
    count(span, { modified: 1, newErrors, resolvedErrors });
  }
  for (const { span } of added) count(span, { added: 1, newErrors: isError(span) ? 1 : 0 });
  for (const { span } of removed) count(span, { removed: 1, resolvedErrors: isError(span) ? 1 : 0 });
  return counts;
}
