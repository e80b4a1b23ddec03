import {
  PromqlResultType,
  type PromqlSeries,
  QueryPromqlResponse,
} from "@sightline/proto/sightline/query/v1/promql_service";
import { readQuery } from "@sightline/query/promql/engine";
import { lookAheadMs } from "@sightline/query/promql/look-ahead";
import type { Notes } from "./envelope.ts";
import { bytesOf, type RangeCache, type RangeExtent } from "./range-cache.ts";
import { cutAll, joinParts } from "./range-extents.ts";

/** A range query of a tenant. */
export interface RangeQuestion {
  readonly tenant: string;
  readonly query: string;
  /** 0: the default. */
  readonly lookbackMs: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
}

export type Messages = AsyncIterator<QueryPromqlResponse>;
type Steps = Pick<RangeQuestion, "startMs" | "endMs">;

export interface RangeOptions {
  /** Null where the caller wants all of it computed. */
  readonly cache: RangeCache | null;
  /** Computes the query at some of its steps. */
  ask(steps: Steps): Messages;
}

/** How much of an answer was remembered: in all counts of steps. */
export interface RangeAnswer {
  readonly messages: Messages;
  readonly result: "bypass" | "miss" | "partial" | "hit";
  readonly steps: number;
  readonly remembered: number;
}

const DEFAULT_LOOKBACK_MS = 300_000;
/** As many steps as a range query may have; who has more is told so by who answers it. */
const MAX_STEPS = 11_000;

/**
 * Answers a range query, computing only the steps that are not remembered. Steps are remembered by tenant, text, step and lookback, and
 * by where they lie between multiples of the step, so that the steps of every question that finds them are the same.
 */
export async function answerRange(question: RangeQuestion, { cache, ask }: RangeOptions): Promise<RangeAnswer> {
  const { startMs, stepMs } = question;
  const steps = Math.floor((question.endMs - startMs) / stepMs) + 1;
  const whole = { startMs, endMs: startMs + (steps - 1) * stepMs };
  const ahead = cache?.isOn === true && steps <= MAX_STEPS ? aheadOf(question) : null;
  if (cache === null || ahead === null) return { messages: ask(question), result: "bypass", steps, remembered: 0 };
  const key = keyOf(question);
  const held = cache.get(key);
  const known = held === undefined ? null : overlap(held, whole);
  const knownSteps = known === null ? 0 : (known.endMs - known.startMs) / stepMs + 1;
  const nowMs = cache.nowMs();
  const settledMs = nowMs - cache.recentMs - ahead;
  const store = (extent: RangeExtent) => keep(cache, { key, extent, stepMs, settledMs });
  if (held === undefined || known === null || knownSteps * 2 < steps) {
    const done = (answer: Collected) => store({ ...whole, ...answer, computedMs: nowMs });
    return { messages: tee(ask(whole), cache.maxExtentBytes, done), result: "miss", steps, remembered: 0 };
  }
  const missing = [
    { startMs: whole.startMs, endMs: known.startMs - stepMs },
    { startMs: known.endMs + stepMs, endMs: whole.endMs },
  ].filter((part) => part.startMs <= part.endMs);
  const asked = await Promise.all(missing.map(async (part) => ({ ...part, ...(await collect(ask(part))) })));
  const kept = { ...known, series: cutAll(held.series, known.startMs, known.endMs), notes: held.notes };
  const parts = [...asked, kept].sort((a, b) => a.startMs - b.startMs);
  const series = joinParts(parts.map((part) => part.series));
  const notes = allNotes(parts.map((part) => part.notes));
  if (missing.length > 0) store({ ...whole, series, notes, computedMs: held.computedMs });
  const message = QueryPromqlResponse.create({ type: PromqlResultType.MATRIX, series, ...mutable(notes) });
  return {
    messages: only(message),
    result: missing.length === 0 ? "hit" : "partial",
    steps,
    remembered: knownSteps,
  };
}

/** How far ahead of a step the query looks; null where its steps cannot be remembered, or it is none. */
function aheadOf({ query, stepMs, lookbackMs }: RangeQuestion): number | null {
  try {
    const { expression } = readQuery(query);
    return lookAheadMs(expression, { stepMs, lookbackMs: lookbackMs === 0 ? DEFAULT_LOOKBACK_MS : lookbackMs });
  } catch {
    // Who answers the query says what is wrong with it.
    return null;
  }
}

function keyOf({ tenant, query, stepMs, lookbackMs, startMs }: RangeQuestion): string {
  return [tenant, stepMs, lookbackMs, startMs % stepMs, query].join("\u0000");
}

function overlap(a: Steps, b: Steps): Steps | null {
  const both = { startMs: Math.max(a.startMs, b.startMs), endMs: Math.min(a.endMs, b.endMs) };
  return both.startMs <= both.endMs ? both : null;
}

interface Keeping {
  readonly key: string;
  readonly extent: RangeExtent;
  readonly stepMs: number;
  readonly settledMs: number;
}

/** Remembers the steps that are old enough. */
function keep(cache: RangeCache, { key, extent, stepMs, settledMs }: Keeping): void {
  const { startMs } = extent;
  const endMs = Math.min(extent.endMs, startMs + Math.floor((settledMs - startMs) / stepMs) * stepMs);
  if (endMs < startMs) return;
  cache.put(key, { ...extent, endMs, series: cutAll(extent.series, startMs, endMs) });
}

type Collected = Pick<RangeExtent, "series" | "notes">;

async function collect(messages: Messages): Promise<Collected> {
  const series: PromqlSeries[] = [];
  let notes: Notes = { warnings: [], infos: [] };
  for (let next = await messages.next(); next.done !== true; next = await messages.next()) {
    series.push(...next.value.series);
    notes = allNotes([notes, next.value]);
  }
  return { series, notes };
}

/** Passes messages on, and gives all of them at the end unless they take too much. */
async function* tee(
  messages: Messages,
  maxBytes: number,
  done: (answer: Collected) => void,
): AsyncGenerator<QueryPromqlResponse> {
  const series: PromqlSeries[] = [];
  let notes: Notes = { warnings: [], infos: [] };
  let bytes = 0;
  try {
    for (let next = await messages.next(); next.done !== true; next = await messages.next()) {
      for (const one of next.value.series) {
        bytes += bytesOf(one);
        if (bytes <= maxBytes) series.push(one);
      }
      notes = allNotes([notes, next.value]);
      yield next.value;
    }
  } finally {
    await messages.return?.();
  }
  if (bytes <= maxBytes) done({ series, notes });
}

function allNotes(all: readonly Notes[]): Notes {
  const unique = (texts: readonly string[]) => [...new Set(texts)];
  return {
    warnings: unique(all.flatMap(({ warnings }) => warnings)),
    infos: unique(all.flatMap(({ infos }) => infos)),
  };
}

function mutable({ warnings, infos }: Notes) {
  return { warnings: [...warnings], infos: [...infos] };
}

async function* only(message: QueryPromqlResponse): AsyncGenerator<QueryPromqlResponse> {
  yield message;
}
