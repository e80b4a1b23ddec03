import { invalid } from "@sightline/errors/app-error";
import type { ReadSamplesRequest, ReadSamplesResponse } from "@sightline/proto/sightline/query/v1/promql_service";
import type { ReadContext } from "../query/reader.ts";
import { encodeSeries } from "./encode-series.ts";
import type { PromqlOptions } from "./query-promql.ts";
import { createSampleSource } from "./sample-source.ts";
import { readSelectors } from "./selectors.ts";

/** How many bytes a message has before the next one begins. */
const BYTES_PER_MESSAGE = 1024 * 1024;

/** Samples as they are stored: nothing is left out or put together, as long as there are any. */
const allSamples = { stepMs: 0, rangeMs: 0, windowMs: null, function: "", grouping: null, by: false };
/** Whoever reads samples sees what is gone by their not being there. */
const unheard = { inform: () => undefined, warn: () => undefined };

/** Reads the samples of a selector's series. */
export function readSamples({ rollups, ...options }: PromqlOptions) {
  return async function* (
    request: ReadSamplesRequest,
    { tenant, signal }: ReadContext,
  ): AsyncGenerator<ReadSamplesResponse> {
    const [matchers = []] = readSelectors([request.selector]);
    const [startMs, endMs] = [Number(request.startUnixMs), Number(request.endUnixMs)];
    if (endMs < startMs) throw invalid("cannot read samples: got an end before the start");
    const source = createSampleSource({ ...options, tenant, rollups });
    const selection = { matchers, startMs, endMs, hints: allSamples, notes: unheard, whenReleased: () => undefined };
    const series = await source.select(selection, signal);
    let parts: Buffer[] = [];
    let size = 0;
    for (const one of series) {
      const bytes = encodeSeries(one);
      parts.push(bytes);
      size += bytes.length;
      if (size < BYTES_PER_MESSAGE) continue;
      yield { queryResult: Buffer.concat(parts) };
      parts = [];
      size = 0;
    }
    if (parts.length > 0) yield { queryResult: Buffer.concat(parts) };
  };
}
