import { AppError, invalid } from "@sightline/errors/app-error";
import { type Breathe, createBreath } from "@sightline/query/breath";
import { z } from "zod";
import type { QueryRequest } from "../http/query-api.ts";
import { callOf } from "../http/storage-call.ts";
import { type NormalizedTrace, normalizeTrace } from "./diff/normalized-trace.ts";
import { patchOf } from "./diff/patch.ts";
import { summaryOf } from "./diff/summary.ts";
import { type Endpoint, jsonAnswer, type TempoContext } from "./endpoint.ts";
import { rangeOfTrace } from "./parameters.ts";
import { MAX_SPANS, readTrace, traceIdOf } from "./traces.ts";

/** A patch that is longer is left out of an answer that has a summary too. */
const MAX_ATTACHED_BYTES = 64 * 1024;

const PATCH = "trace-patch-v0";
const SUMMARY = "trace-summary-v0-native";
const BOTH = "trace-summary-v0-composed";
const FORMATS = [PATCH, SUMMARY, BOTH] as const;

const side = z.object({
  traceId: z.string().optional(),
  /** As Grafana's clients write it. */
  traceID: z.string().optional(),
  /** Seconds since 1970; Grafana's clients write nanoseconds. */
  start: z.number().int().nonnegative().nullish(),
  end: z.number().int().nonnegative().nullish(),
});
const diffRequest = z.object({ base: side, compare: side, format: z.enum(FORMATS).or(z.literal("")).default(PATCH) });
type Side = z.output<typeof side>;

/** Tempo's comparison of two traces (its 3.1, experimental there): by service, name and kind of their spans, as exact as noise allows. */
export const traceDiffEndpoints: readonly Endpoint[] = [
  {
    path: "/api/v2/traces/diff",
    post: "bytes",
    answer: async (request, context) => {
      const { format, ...sides } = requestOf(request.body);
      const [base, compare] = await Promise.all([
        readSide("base", sides.base, request, context),
        readSide("compare", sides.compare, request, context),
      ]);
      const spanCount = base.spanCount + compare.spanCount;
      if (spanCount > MAX_SPANS) {
        const problem = `got ${spanCount} spans in both, want at most ${MAX_SPANS}`;
        throw new AppError("too_large", `trace diff input too large: ${problem}`);
      }
      return jsonAnswer([JSON.stringify(await documentOf(format, { base, compare }, createBreath(request.signal)))]);
    },
  },
];

function requestOf(body: Uint8Array) {
  try {
    return diffRequest.parse(JSON.parse(Buffer.from(body).toString()));
  } catch (thrown) {
    const problem = thrown instanceof z.ZodError ? z.prettifyError(thrown) : AppError.from(thrown).message;
    throw invalid(`invalid trace diff request: ${problem}`);
  }
}

async function readSide(
  name: "base" | "compare",
  { traceId, traceID, start, end }: Side,
  request: QueryRequest,
  context: TempoContext,
): Promise<NormalizedTrace> {
  const id = traceId || traceID || "";
  if (id === "") throw invalid(`invalid trace diff request: ${name}.traceId is required`);
  const range = rangeOfTrace({ start: secondsOf(start), end: secondsOf(end) }, context.clock());
  const trace = await readTrace({ traceId: traceIdOf(id), range }, callOf(request), context);
  if (trace.isLimited)
    throw new AppError("too_large", `${name}: partial traces cannot be diffed (max spans: ${MAX_SPANS})`);
  return await normalizeTrace(trace, name, createBreath(request.signal));
}

/** No time in seconds has so many digits before the year 30000. */
const LEAST_NANOS = 1e12;

function secondsOf(time: number | null | undefined): number {
  const value = time ?? 0;
  return value < LEAST_NANOS ? value : Math.floor(value / 1e9);
}

interface Sides {
  readonly base: NormalizedTrace;
  readonly compare: NormalizedTrace;
}

async function documentOf(
  format: (typeof FORMATS)[number] | "",
  { base, compare }: Sides,
  breathe: Breathe,
): Promise<object> {
  const patch = await patchOf(base, compare, breathe);
  if (format === PATCH || format === "") return patch;
  const summary = summaryOf(patch, base, compare);
  if (format === SUMMARY) return summary;
  const bytes = Buffer.byteLength(JSON.stringify(patch));
  return bytes > MAX_ATTACHED_BYTES
    ? { version: BOTH, summary, patchOmitted: { bytes, reason: "over_budget" } }
    : { version: BOTH, summary, patch };
}
