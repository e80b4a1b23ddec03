import { readFileSync } from "node:fs";
import { parseGoFloat } from "@sightline/gotext/parse-float";
import type {
  CountStreamsRequest,
  CountStreamsResponse,
  ListDetectedLabelsRequest,
  ListDetectedLabelsResponse,
  ListStreamLabelsRequest,
  ListStreamLabelsResponse,
  ListStreamLabelValuesRequest,
  ListStreamLabelValuesResponse,
  ListStreamsRequest,
  ListStreamsResponse,
} from "@sightline/proto/sightline/query/v1/logql_service";
import { compareLabels, labelsKey, sortedLabels } from "@sightline/query/logql/evaluate/series";
import { labelNameOf, SERVICE_NAME, streamOf } from "@sightline/query/logql/record-labels";
import type { Labels } from "@sightline/query/logql/stages/line";
import { z } from "zod";
import type { ReadContext } from "../query/reader.ts";
import { int64 } from "../query/row-types.ts";
import { fill } from "../query/statement.ts";
import { flat } from "./query-logql.ts";
import { type ListOptions, matchersOf, readList, type StreamRange, selectStreams } from "./stream-selection.ts";

const read = {
  names: readFileSync(new URL("./sql/stream-keys.sql", import.meta.url), "utf8"),
  values: readFileSync(new URL("./sql/stream-values.sql", import.meta.url), "utf8"),
  streams: readFileSync(new URL("./sql/streams.sql", import.meta.url), "utf8"),
  found: readFileSync(new URL("./sql/found-streams.sql", import.meta.url), "utf8"),
  count: readFileSync(new URL("./sql/count-streams.sql", import.meta.url), "utf8"),
};
const texts = z.array(z.string());
const rows = {
  name: z.object({ name: z.string() }),
  value: z.object({ value: z.string() }),
  stream: z.object({ serviceName: z.string(), resourceKeys: texts, resourceValues: texts }),
  count: z.object({ streams: int64, lines: int64, bytes: int64 }),
};

/** The streams that fulfil any of the selectors. */
export function listStreams(options: ListOptions) {
  return async (request: ListStreamsRequest, context: ReadContext): Promise<ListStreamsResponse> => {
    const found = new Map<string, Labels>();
    for (const selector of request.matches.length === 0 ? [""] : request.matches) {
      for (const stream of await readStreams(options, { selector, ...request }, context)) {
        const labels = sortedLabels(stream);
        found.set(labelsKey(labels), labels);
      }
    }
    const streams = [...found.values()].sort(compareLabels);
    return { streams: streams.map((labels) => ({ labels: flat(labels) })) };
  };
}

interface SelectedStreams extends StreamRange {
  readonly selector: string;
}

async function readStreams(options: ListOptions, asked: SelectedStreams, context: ReadContext): Promise<Labels[]> {
  const { params, selected } = selectStreams(matchersOf(asked.selector), asked);
  const sql = fill(read.streams, { found: fill(read.found, { selected }) });
  const found = await readList(options, { sql, row: rows.stream, params, context });
  return found.map(({ serviceName, resourceKeys: keys, resourceValues: values }) =>
    streamOf(serviceName, { keys, values }),
  );
}

/** The labels by which streams can be told apart in a list for people, with the number of their values. */
export function listDetectedLabels(options: ListOptions) {
  return async (request: ListDetectedLabelsRequest, context: ReadContext): Promise<ListDetectedLabelsResponse> => {
    const values = new Map<string, Set<string>>();
    for (const stream of await readStreams(options, request, context)) {
      for (const [name, value] of stream) values.set(name, (values.get(name) ?? new Set()).add(value));
    }
    const telling = [...values].filter(([name, of]) => ALWAYS_TELLING.has(name) || ![...of].every(isId));
    const sorted = telling.sort(([a], [b]) => (a < b ? -1 : 1));
    return { labels: sorted.map(([name, of]) => ({ name, values: BigInt(of.size) })) };
  };
}

/** Labels that say where something is, whatever their values look like. */
const ALWAYS_TELLING: ReadonlySet<string> = new Set(["cluster", "namespace", "instance", "pod"]);

const UUID = /^(?:urn:uuid:)?\{?[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}\}?$/i;

/** Numbers and UUIDs. */
function isId(value: string): boolean {
  return UUID.test(value) || parseGoFloat(value) !== undefined;
}

/** The labels that streams have. */
export function listStreamLabels(options: ListOptions) {
  return async (request: ListStreamLabelsRequest, context: ReadContext): Promise<ListStreamLabelsResponse> => {
    const { params, selected } = selectStreams(matchersOf(request.selector), request);
    const sql = fill(read.names, { found: fill(read.found, { selected }) });
    const keys = await readList(options, { sql, row: rows.name, params, context });
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
    const { selected, streamLabel, params } = selectStreams(matchersOf(request.selector), request);
    const { group, shown } = streamLabel(request.name);
    const sql = fill(read.values, { value: shown(group), found: fill(read.found, { selected }) });
    const found = await readList(options, { sql, row: rows.value, params, context });
    return { values: found.flatMap((row) => (row.value === "" ? [] : [row.value])).sort() };
  };
}

/** How many streams, lines and bytes a selector selects. */
export function countStreams({ reader }: ListOptions) {
  return async (request: CountStreamsRequest, context: ReadContext): Promise<CountStreamsResponse> => {
    const { params, ...texts } = selectStreams(matchersOf(request.selector), request);
    const sql = fill(read.count, { selected: texts.selected });
    const [counted] = await reader.read({ sql, row: rows.count }, params, context);
    return counted ?? { streams: 0n, lines: 0n, bytes: 0n };
  };
}
