import { AppError, unavailable } from "@sightline/errors/app-error";
import type { SampleSink } from "@sightline/rules/evaluate/written-samples";

/**
 * The sink of one evaluation, in which recording takes no longer than so many milliseconds altogether: what is decided of alerts is not
 * late for a bus that takes nothing. After the first sample that nobody takes no other is tried.
 */
export function createBoundedSink(sink: SampleSink, maxMs: number): SampleSink {
  let leftMs = maxMs;
  let away: AppError | undefined;
  return {
    async append(samples) {
      if (away !== undefined) throw away;
      const beganMs = performance.now();
      const over = new AbortController();
      const tooLate = unavailable(`cannot record: the bus took longer than the ${maxMs} ms that it may`);
      const timer = setTimeout(() => over.abort(tooLate), Math.max(0, leftMs));
      try {
        await sink.append(samples, over.signal);
      } catch (thrown) {
        const error = AppError.from(thrown);
        if (error.code === "unavailable") away = error;
        throw error;
      } finally {
        clearTimeout(timer);
        leftMs -= performance.now() - beganMs;
      }
    },
  };
}
