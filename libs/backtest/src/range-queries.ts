import { AppError } from "@sightline/errors/app-error";
import type { Queries, Question, Vector, VectorElement } from "@sightline/rules/evaluate/queries";
import type { Expression } from "@sightline/rules/kinds/source";
import type { Labels } from "@sightline/rules/labels";

/** What an expression came to at the steps of a time; both ends are inclusive. */
export interface RangeQuestion extends Expression {
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
}

/** A series of an answer, in the order of time. */
export interface RangeSeries {
  readonly labels: Labels;
  readonly timesMs: readonly number[];
  readonly values: readonly VectorElement["value"][];
}

/** Who knows what was stored. */
export interface RangeSource extends Queries {
  /** Rejects as `Queries.instant` does, with resource_exhausted where it is more than one question may ask. */
  range(question: RangeQuestion, signal: AbortSignal): Promise<readonly RangeSeries[]>;
}

/** Answers the questions of rules that are evaluated step by step from ranges, which are read as they are needed. */
export interface RangeQueries extends Queries {
  /** The first time from that of the question on, step by step, of which it is not known that the answer is empty. */
  nextAnswerMs(question: Question, signal: AbortSignal): Promise<number>;
}

export interface RangeQueriesOptions {
  readonly source: RangeSource;
  readonly stepMs: number;
  /** Nothing is asked of later times. */
  readonly endMs: number;
  /** Steps that are read at once. */
  readonly chunkSteps: number;
  /** Told of each question that is asked. */
  readonly onAsked: (kind: "range" | "instant") => void;
}

/** A piece of an answer. */
interface Chunk {
  readonly startMs: number;
  readonly endMs: number;
  /** The steps at which there is anything. */
  readonly vectors: ReadonlyMap<number, Vector>;
  /** The same steps, upwards. */
  readonly timesMs: readonly number[];
  /** Why there is no answer. */
  readonly failure?: AppError;
}

/** A rule may look at an expression at several times: those of so many chunks are kept. */
const CHUNKS_KEPT = 3;
const LEAST_STEPS = 32;
const nothing: Vector = [];

/** Whether the expression comes to the same at a step of a range as at that time alone. */
export function isRangeable({ language, text }: Expression): boolean {
  return language === "logql" || (language === "promql" && !/@\s*(?:start|end)\s*\(/.test(text));
}

/** One that has read nothing yet. Questions of one expression have to be asked in the order of time, and not at the same time. */
export function createRangeQueries(options: RangeQueriesOptions): RangeQueries {
  const { source, stepMs, endMs, onAsked } = options;
  const chunks = new Map<string, Chunk[]>();
  /** How many steps of an expression can be read at once. */
  const sizes = new Map<string, number>();

  async function readChunk({ language, text, atMs }: Question, signal: AbortSignal): Promise<Chunk> {
    const key = keyOf({ language, text });
    for (let steps = sizes.get(key) ?? options.chunkSteps; ; steps = Math.max(LEAST_STEPS, steps >> 1)) {
      sizes.set(key, steps);
      const lastMs = Math.max(atMs, Math.min(endMs, atMs + (steps - 1) * stepMs));
      const chunkEndMs = atMs + Math.floor((lastMs - atMs) / stepMs) * stepMs;
      try {
        onAsked("range");
        const series = await source.range({ language, text, startMs: atMs, endMs: chunkEndMs, stepMs }, signal);
        return chunkOf(series, atMs, chunkEndMs);
      } catch (thrown) {
        const failure = AppError.from(thrown);
        if (signal.aborted || failure.code === "unavailable") throw failure;
        if (failure.code === "resource_exhausted" && steps > LEAST_STEPS) continue;
        return { startMs: atMs, endMs: chunkEndMs, vectors: new Map(), timesMs: [], failure };
      }
    }
  }

  async function chunkAt(question: Question, signal: AbortSignal): Promise<Chunk> {
    const { atMs } = question;
    const key = keyOf(question);
    const known = chunks.get(key) ?? [];
    const found = known.find((chunk) => chunk.startMs <= atMs && atMs <= chunk.endMs);
    if (found !== undefined) return found;
    const chunk = await readChunk(question, signal);
    chunks.set(key, [chunk, ...known].slice(0, CHUNKS_KEPT));
    return chunk;
  }

  return {
    async instant(question, signal) {
      if (!isRangeable(question)) {
        onAsked("instant");
        return source.instant(question, signal);
      }
      const { failure, vectors } = await chunkAt(question, signal);
      if (failure !== undefined) throw failure;
      return vectors.get(question.atMs) ?? nothing;
    },

    async nextAnswerMs(question, signal) {
      if (!isRangeable(question)) return question.atMs;
      const { failure, timesMs, endMs: knownMs } = await chunkAt(question, signal);
      if (failure !== undefined) return question.atMs;
      return firstFrom(timesMs, question.atMs) ?? knownMs + stepMs;
    },
  };
}

function keyOf({ language, text }: Expression): string {
  return `${language}\0${text}`;
}

function chunkOf(series: readonly RangeSeries[], startMs: number, endMs: number): Chunk {
  const vectors = new Map<number, VectorElement[]>();
  for (const { labels, timesMs, values } of series) {
    for (const [at, timeMs] of timesMs.entries()) {
      const value = values[at];
      if (value === undefined) continue;
      const vector = vectors.get(timeMs);
      if (vector === undefined) vectors.set(timeMs, [{ labels, value }]);
      else vector.push({ labels, value });
    }
  }
  return { startMs, endMs, vectors, timesMs: [...vectors.keys()].sort((a, b) => a - b) };
}

/** The first of times that go upwards that is not before another one. */
function firstFrom(timesMs: readonly number[], fromMs: number): number | undefined {
  let [low, high] = [0, timesMs.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((timesMs[middle] ?? 0) < fromMs) low = middle + 1;
    else high = middle;
  }
  return timesMs[low];
}
