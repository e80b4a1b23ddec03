import { readFileSync } from "node:fs";
import { AppError, invalid } from "@sightline/errors/app-error";
import type {
  CountStreamsRequest,
  CountStreamsResponse,
  ListStreamLabelsRequest,
  ListStreamLabelsResponse,
  ListStreamLabelValuesRequest,
  ListStreamLabelValuesResponse,
  ListStreamsRequest,
  ListStreamsResponse,
} from "@sightline/proto/sightline/query/v1/logql_service";
import type { LabelMatcher } from "@sightline/query/logql/ast";
import { compareLabels, labelsKey, sortedLabels } from "@sightline/query/logql/evaluate/series";
import { parseSelector } from "@sightline/query/logql/logql";
import type { Labels } from "@sightline/query/logql/stages/line";
import { z } from "zod";
import type { Params, ReadContext } from "../query/reader.ts";
import { int64 } from "../query/row-types.ts";
import { fill } from "../query/statement.ts";
import { flat, type LogqlOptions } from "./query-logql.ts";
import { selectionSql } from "./selection-sql.ts";
import { labelNameOf, SERVICE_NAME, streamOf } from "./stream-labels.ts";

const read = {
  names: readFileSync(new URL("./sql/stream-names.sql", import.meta.url), "utf8"),
  values: readFileSync(new URL("./sql/stream-values.sql", import.meta.url), "utf8"),
  streams: readFileSync(new URL("./sql/streams.sql", import.meta.url), "utf8"),
  count: readFileSync(new URL("./sql/count-streams.sql", import.meta.url), "utf8"),
};
const texts = z.array(z.string());
const rows = {
  name: z.object({ name: z.string() }),
  value: z.object({ value: z.string() }),
  stream: z.object({ serviceName: z.string(), resourceKeys: texts, resourceValues: texts }),
  count: z.object({ streams: int64, lines: int64, bytes: int64 }),
};

type ListOptions = Pick<LogqlOptions, "reader" | "limits">;

interface Range {
  readonly startUnixNano: bigint;
  readonly endUnixNano: bigint;
}

function selected(matchers: readonly LabelMatcher[], { startUnixNano, endUnixNano }: Range) {
  if (endUnixNano < startUnixNano) throw invalid("end timestamp must not be before or equal to start time");
  return selectionSql({ matchers, fromNs: startUnixNano, toNs: endUnixNano, conditions: [] });
}

function matchersOf(selector: string): readonly LabelMatcher[] {
  return selector === "" || /^\s*\{\s*\}\s*$/.test(selector) ? [] : parseSelector(selector);
}

interface Question<T> {
  readonly sql: string;
  readonly row: z.ZodType<T>;
  readonly params: Params;
  readonly context: ReadContext;
}

async function readAll<T>({ reader, limits }: ListOptions, { sql, row, params, context }: Question<T>): Promise<T[]> {
  const { maxStreams } = limits;
  const found = await reader.read({ sql, row }, { ...params, limit: maxStreams + 1 }, context);
  if (found.length <= maxStreams) return found;
  const message = `cannot list streams: got more than ${maxStreams}, want a shorter range or more label matchers`;
  throw new AppError("resource_exhausted", message);
}

/** The streams that fulfil any of the selectors. */
export function listStreams(options: ListOptions) {
  return async (request: ListStreamsRequest, context: ReadContext): Promise<ListStreamsResponse> => {
    const found = new Map<string, Labels>();
    for (const selector of request.matches.length === 0 ? [""] : request.matches) {
      const { params, ...texts } = selected(matchersOf(selector), request);
      const sql = fill(read.streams, { selected: texts.selected });
      for (const row of await readAll(options, { sql, row: rows.stream, params, context })) {
        const { serviceName, resourceKeys: keys, resourceValues: values } = row;
        const labels = sortedLabels([...streamOf(serviceName, { keys, values })]);
        found.set(labelsKey(labels), labels);
      }
    }
    const streams = [...found.values()].sort(compareLabels);
    return { streams: streams.map((labels) => ({ labels: flat(labels) })) };
  };
}

/** The labels that streams have. */
export function listStreamLabels(options: ListOptions) {
  return async (request: ListStreamLabelsRequest, context: ReadContext): Promise<ListStreamLabelsResponse> => {
    const { params, ...texts } = selected(matchersOf(request.selector), request);
    const sql = fill(read.names, { selected: texts.selected });
    const keys = await readAll(options, { sql, row: rows.name, params, context });
    const names = new Set(keys.map(({ name }) => labelNameOf(name)));
    if (names.size > 0) names.add(SERVICE_NAME);
    return { names: [...names].sort() };
  };
}

/** The values that a label has in streams. */
export function listStreamLabelValues(options: ListOptions) {
  return async (
    request: ListStreamLabelValuesRequest,
    context: ReadContext,
  ): Promise<ListStreamLabelValuesResponse> => {
    const selection = selected(matchersOf(request.selector), request);
    const value = selection.streamLabel(request.name);
    const sql = fill(read.values, { selected: selection.selected, value });
    const found = await readAll(options, { sql, row: rows.value, params: selection.params, context });
    return { values: found.flatMap((row) => (row.value === "" ? [] : [row.value])).sort() };
  };
}

/** How many streams, lines and bytes a selector selects. */
export function countStreams({ reader }: ListOptions) {
  return async (request: CountStreamsRequest, context: ReadContext): Promise<CountStreamsResponse> => {
    const { params, ...texts } = selected(matchersOf(request.selector), request);
    const sql = fill(read.count, { selected: texts.selected });
    const [counted] = await reader.read({ sql, row: rows.count }, params, context);
    return counted ?? { streams: 0n, lines: 0n, bytes: 0n };
  };
}
