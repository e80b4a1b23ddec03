import type { SeriesBlock, SeriesQuestion } from "./read-series.ts";
import { wordsOf } from "./words.ts";

/** Which series questions were answered with last. Whoever looks at a dashboard asks the same again and again. */
export interface SeriesAnswers {
  /** The last answer to a question, if it had exactly these fingerprints, which ascend. */
  same(question: SeriesQuestion, fingerprints: BigUint64Array): SeriesBlock | undefined;
  remember(question: SeriesQuestion, answer: SeriesBlock): void;
  /** Forgets the answers of a tenant. */
  forget(tenant: string): void;
}

interface Answer {
  readonly tenant: string;
  readonly block: SeriesBlock;
  /** In series. */
  readonly size: number;
}

/** One answer that takes more than this of what all may is not worth forgetting the others for. */
const MAX_PART = 0.5;
/** So many characters of a question, all conditions of which are kept with the answer, take about as much room as a series. */
const CHARACTERS_OF_SERIES = 64;

/**
 * @param maxSeries how many all answers may have together; a long question counts as some more. Those that were asked for longest ago
 * go first.
 */
export function createSeriesAnswers(maxSeries: number): SeriesAnswers {
  // What was asked for last stands last.
  const known = new Map<string, Answer>();
  let size = 0;

  function forget(key: string): void {
    const answer = known.get(key);
    if (answer === undefined) return;
    size -= answer.size;
    known.delete(key);
  }

  return {
    same(question, fingerprints) {
      const key = keyOf(question);
      const answer = known.get(key);
      if (answer === undefined || !areSame(answer.block.fingerprints, fingerprints)) return undefined;
      known.delete(key);
      known.set(key, answer);
      return answer.block;
    },
    remember(question, block) {
      const key = keyOf(question);
      const answer = { tenant: question.context.tenant, block, size: sizeOf(key, block) };
      forget(key);
      if (answer.size > maxSeries * MAX_PART) return;
      known.set(key, answer);
      size += answer.size;
      for (const oldest of known.keys()) {
        if (size <= maxSeries) break;
        forget(oldest);
      }
    },
    forget(tenant) {
      for (const [key, answer] of known) if (answer.tenant === tenant) forget(key);
    },
  };
}

/** An answer without any takes room as well, and so does the question, which may be as long as a form. */
function sizeOf(key: string, { series }: SeriesBlock): number {
  return 1 + series.length + Math.floor(key.length / CHARACTERS_OF_SERIES);
}

/** What an answer depends on beside time. */
function keyOf({ context, params, matchers }: SeriesQuestion): string {
  const conditions = matchers.map(({ name, operator, value }) => [name, operator, value]);
  return JSON.stringify([context.tenant, params["metrics"], conditions]);
}

function areSame(a: BigUint64Array, b: BigUint64Array): boolean {
  if (a.length !== b.length) return false;
  const [left, right] = [wordsOf(a), wordsOf(b)];
  for (let at = 0; at < left.length; at++) if (left[at] !== right[at]) return false;
  return true;
}
