import type { PromqlStatistics } from "@sightline/proto/sightline/query/v1/promql_service";

/** When the steps of a query are, milliseconds. */
export interface Steps {
  readonly startMs: number;
  readonly stepMs: number;
}

/**
 * What a query took as Prometheus tells it (util/stats/query_stats.go), in seconds. Series come sorted, so that sorting takes no
 * time of its own.
 */
export function statisticsJson(statistics: PromqlStatistics, { startMs, stepMs }: Steps, withSteps: boolean): string {
  const { queuedMs, evaluatedMs, selectingMs, samplesPerStep, peakSamples } = statistics;
  const perStep = samplesPerStep.map((samples, step) => [(startMs + step * stepMs) / 1000, samples]);
  return JSON.stringify({
    timings: {
      evalTotalTime: evaluatedMs / 1000,
      resultSortTime: 0,
      queryPreparationTime: selectingMs / 1000,
      innerEvalTime: Math.max(0, evaluatedMs - selectingMs) / 1000,
      execQueueTime: queuedMs / 1000,
      execTotalTime: (queuedMs + evaluatedMs) / 1000,
    },
    samples: {
      ...(withSteps ? { totalQueryableSamplesPerStep: perStep } : {}),
      totalQueryableSamples: samplesPerStep.reduce((sum, samples) => sum + samples, 0),
      peakSamples: Number(peakSamples),
    },
  });
}
