import type { LogRecord } from "@sightline/proto/sightline/query/v1/query_service";
import type { Tail } from "@sightline/query/logql/evaluate/tail";
import { metadataOf, type Pairs, streamOf } from "@sightline/query/logql/record-labels";
import type { Labels } from "@sightline/query/logql/stages/line";
import type { TailEntry } from "./tail-queue.ts";

/** What a query makes of records as they come; null for those that it does not want. */
export function createTailEntries(tail: Tail): (record: LogRecord) => TailEntry | null {
  // Records of one resource share the object of its attributes.
  const streams = new WeakMap<object, Labels>();
  const streamLabels = ({ serviceName, resourceAttributes }: LogRecord) => {
    const known = streams.get(resourceAttributes);
    if (known !== undefined) return known;
    const labels = streamOf(serviceName, pairsOf(resourceAttributes));
    streams.set(resourceAttributes, labels);
    return labels;
  };
  return (record) => {
    const stream = streamLabels(record);
    if (!tail.wants(stream)) return null;
    const { timeUnixNano, body, severityNumber: severity, traceId, spanId } = record;
    const metadata = metadataOf(pairsOf(record.attributes), { severity, traceId, spanId });
    const shown = tail.show({ timestampNs: timeUnixNano, text: body, stream, metadata });
    if (shown === null) return null;
    const { labels, line } = shown;
    const own = { metadata: flat(line.metadata), parsed: flat(line.parsed) };
    return { labels: flat(labels), line: { unixNano: line.timestampNs, text: line.text, ...own } };
  };
}

function pairsOf(attributes: Readonly<Record<string, string>>): Pairs {
  return { keys: Object.keys(attributes), values: Object.values(attributes) };
}

/** Names and values by turns. */
function flat(labels: Labels): string[] {
  return [...labels].flat();
}
