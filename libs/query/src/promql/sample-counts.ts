import { createStaleTest, type SampledSeries } from "./samples.ts";
import type { SampleSource, Selection } from "./source.ts";

/** The steps of a query; one where it is evaluated at one time. */
export interface CountedSteps {
  readonly count: number;
  /** 0 where there is one. */
  readonly stepMs: number;
}

/** A source that counts what a query looks at, as far as that has come. */
export interface CountedSource extends SampleSource {
  /**
   * How many samples each step looks at, as Prometheus counts them: one in the windows of two steps twice, what is the same at all
   * steps at each of them. Otherwise than there a histogram is one, and of a subquery not its points are counted but what they
   * are made of, at the last step.
   */
  samplesPerStep(): Float64Array;
  /** For how long something was being selected, milliseconds. */
  selectingMs(): number;
}

/**
 * Counts the samples that a query looks at. It costs a second walk over all of them, so only who asks for it has it.
 *
 * @param now a clock that only goes on, milliseconds
 */
export function countingSource(source: SampleSource, steps: CountedSteps, now: () => number): CountedSource {
  // How many steps there are is checked before anything is selected.
  let perStep: Float64Array | null = null;
  const samplesPerStep = () => {
    perStep ??= new Float64Array(steps.count);
    return perStep;
  };
  let selections = 0;
  let since = 0;
  let selectingMs = 0;
  return {
    samplesPerStep,
    selectingMs: () => selectingMs,
    async select(selection, signal) {
      if (selections++ === 0) since = now();
      try {
        const series = await source.select(selection, signal);
        count(series, selection, { steps, perStep: samplesPerStep() });
        return series;
      } finally {
        if (--selections === 0) selectingMs += now() - since;
      }
    },
  };
}

interface Counting {
  readonly steps: CountedSteps;
  readonly perStep: Float64Array;
}

function count(series: readonly SampledSeries[], selection: Selection, { steps, perStep }: Counting): void {
  const { stepMs, windowMs } = selection.hints;
  const last = perStep.length - 1;
  const add = (step: number, samples: number) => {
    perStep[step] = (perStep[step] ?? 0) + samples;
  };
  if (windowMs === null) {
    for (const { times } of series) add(last, times.length);
    return;
  }
  const firstMs = selection.startMs + windowMs - 1;
  const moments = stepMs === 0 ? 1 : Math.floor((selection.endMs - firstMs) / stepMs) + 1;
  const isOfQuery = stepMs === steps.stepMs && moments === steps.count;
  for (const one of series) {
    let total = 0;
    for (const [step, samples] of inWindows(one, selection, { firstMs, moments, windowMs })) {
      if (isOfQuery) add(step, samples);
      total += samples;
    }
    if (isOfQuery) continue;
    if (moments === 1) for (let step = 0; step <= last; step++) add(step, total);
    else add(last, total);
  }
}

interface Windows {
  readonly firstMs: number;
  readonly moments: number;
  readonly windowMs: number;
}

/** How many samples are in the window of each moment: of an instant selector the newest, if the series has not ended. */
function* inWindows(
  { times, values }: SampledSeries,
  { hints: { stepMs, rangeMs } }: Selection,
  { firstMs, moments, windowMs }: Windows,
): Generator<readonly [step: number, samples: number]> {
  const isStale = createStaleTest(values);
  let from = 0;
  let until = 0;
  let stale = 0;
  for (let step = 0; step < moments; step++) {
    const endMs = firstMs + step * stepMs;
    for (; until < times.length && (times[until] ?? 0) <= endMs; until++) if (isStale(until)) stale++;
    for (; from < until && (times[from] ?? 0) <= endMs - windowMs; from++) if (isStale(from)) stale--;
    if (until === from) continue;
    if (rangeMs > 0) yield [step, until - from - stale];
    else if (!isStale(until - 1)) yield [step, 1];
  }
}
