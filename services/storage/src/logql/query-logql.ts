import { invalid } from "@sightline/errors/app-error";
import type { Clock } from "@sightline/model/time";
import type { LogqlLine, LogqlSeries, QueryLogqlRequest } from "@sightline/proto/sightline/query/v1/logql_service";
import { LogqlResultType, LogqlStream, QueryLogqlResponse } from "@sightline/proto/sightline/query/v1/logql_service";
import { evaluateLogql } from "@sightline/query/logql/evaluate/engine";
import type { LogqlLimits } from "@sightline/query/logql/evaluate/limits";
import type { AnsweredLine, AnsweredStream, LogqlResult } from "@sightline/query/logql/evaluate/result";
import { parseLogql } from "@sightline/query/logql/logql";
import { planLogql } from "@sightline/query/logql/plan/plan";
import type { Labels } from "@sightline/query/logql/stages/line";
import type { ReadContext, Reader } from "../query/reader.ts";
import { createLineSource, type SourceLimits } from "./line-source.ts";

/** How much a message has before the next one begins. */
const POINTS_PER_MESSAGE = 50_000;
const CHARACTERS_PER_MESSAGE = 1_000_000;
/** As many points as Prometheus and Loki allow. */
export const MAX_STEPS = 11_000;

export interface LogqlOptions {
  readonly reader: Reader;
  readonly clock: Clock;
  readonly limits: LogqlLimits & SourceLimits & { readonly maxStreams: number };
}

/** Evaluates LogQL over a tenant's log records. */
export function queryLogql({ reader, clock, limits }: LogqlOptions) {
  return async function* (request: QueryLogqlRequest, context: ReadContext): AsyncGenerator<QueryLogqlResponse> {
    const { startUnixNano, endUnixNano, stepNanos, intervalNanos } = request;
    if (stepNanos < 0n || intervalNanos < 0n) throw invalid("cannot use a step or an interval: got a negative one");
    const plan = planLogql(parseLogql(request.query), {
      startNs: startUnixNano,
      endNs: endUnixNano,
      stepNs: Number(stepNanos),
      direction: request.forward ? "forward" : "backward",
      limit: request.limit,
      intervalNs: Number(intervalNanos),
      nowNs: BigInt(clock()) * 1_000_000n,
      maxSteps: MAX_STEPS,
    });
    const source = createLineSource({ reader, tenant: context.tenant, limits });
    const { categorizeLabels } = request;
    yield* messagesOf(await evaluateLogql(plan, { source, limits, signal: context.signal, categorizeLabels }));
  };
}

function* messagesOf(result: LogqlResult): Generator<QueryLogqlResponse> {
  const { lines, characters } = result.statistics;
  const read = { linesRead: BigInt(lines), charactersRead: BigInt(characters) };
  switch (result.type) {
    case "streams":
      yield* spreadLines({ ...read, type: LogqlResultType.STREAMS }, result.streams);
      break;
    case "matrix":
      yield* spreadSeries({ ...read, type: LogqlResultType.MATRIX }, result.series.map(seriesOf));
      break;
    case "vector": {
      const samples = result.samples.map(({ labels, ...point }) => seriesOf({ labels, points: [point] }));
      yield* spreadSeries({ ...read, type: LogqlResultType.VECTOR }, samples);
      break;
    }
    case "scalar": {
      const series = [seriesOf({ labels: new Map(), points: [result] })];
      yield* spreadSeries({ ...read, type: LogqlResultType.SCALAR }, series);
    }
  }
}

type First = Partial<QueryLogqlResponse>;

/** Lines over as many messages as they need; at least one. */
function* spreadLines(first: First, streams: readonly AnsweredStream[]): Generator<QueryLogqlResponse> {
  let message = QueryLogqlResponse.create(first);
  let characters = 0;
  for (const { labels, lines } of streams) {
    const names = flat(labels);
    let stream = LogqlStream.create({ labels: names });
    message.streams.push(stream);
    for (const line of lines) {
      if (characters > CHARACTERS_PER_MESSAGE) {
        yield message;
        stream = LogqlStream.create({ labels: names });
        message = QueryLogqlResponse.create({ streams: [stream] });
        characters = 0;
      }
      const written = lineOf(line);
      stream.lines.push(written);
      characters += line.text.length + lengthOf(written.metadata) + lengthOf(written.parsed);
    }
    characters += lengthOf(names);
  }
  yield message;
}

/** Series over as many messages as they need; at least one. */
function* spreadSeries(first: First, all: readonly LogqlSeries[]): Generator<QueryLogqlResponse> {
  let message = QueryLogqlResponse.create(first);
  let points = 0;
  for (const series of all) {
    if (points > POINTS_PER_MESSAGE) {
      yield message;
      message = QueryLogqlResponse.create();
      points = 0;
    }
    message.series.push(series);
    points += series.unixMs.length;
  }
  yield message;
}

function lineOf({ timestampNs, text, metadata, parsed }: AnsweredLine): LogqlLine {
  return { unixNano: timestampNs, text, metadata: flat(metadata), parsed: flat(parsed) };
}

interface PointsOfSeries {
  readonly labels: Labels;
  readonly points: readonly { readonly timestampMs: number; readonly value: number }[];
}

function seriesOf({ labels, points }: PointsOfSeries): LogqlSeries {
  return {
    labels: flat(labels),
    unixMs: points.map(({ timestampMs }) => timestampMs),
    values: points.map(({ value }) => value),
  };
}

/** Names and values by turns. */
export function flat(labels: Labels): string[] {
  return [...labels].flat();
}

function lengthOf(items: readonly string[]): number {
  return items.reduce((sum, item) => sum + item.length, 0);
}
