import { createServer } from "node:http";
import {
  begin,
  end,
  openWriter,
  type WireWriter,
  writeDoubleField,
  writeSint32Field,
  writeStringField,
  writeVarint,
  writeVarintField,
  writtenBytes,
} from "@sightline/otlp/wire-writer";

/** Something to scrape: `/metrics` in OpenMetrics, `/native` with native histograms, which come by protobuf only. */
export interface ScrapeTarget extends AsyncDisposable {
  readonly address: string;
  /** From now on nobody answers, as after a crash. */
  stop(): Promise<void>;
}

/** A program whose every metric has moved on with each scrape. */
export async function startScrapeTarget(): Promise<ScrapeTarget> {
  const scrapes = { text: 0, native: 0 };
  const server = createServer((request, response) => {
    if (request.url === "/native") {
      response.setHeader("content-type", NATIVE_TYPE);
      response.end(nativeExposition(++scrapes.native));
    } else {
      response.setHeader("content-type", "application/openmetrics-text; version=1.0.0; charset=utf-8");
      response.end(textExposition(++scrapes.text));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const stop = async () => {
    if (!server.listening) return;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { address: `127.0.0.1:${port}`, stop, [Symbol.asyncDispose]: stop };
}

/** The trace of an exemplar, by the number of the scrape. */
function traceIdOf(scrape: number): string {
  return scrape.toString(16).padStart(32, "a");
}

function textExposition(scrape: number): string {
  return `# TYPE http_requests counter
# HELP http_requests Requests that were answered.
http_requests_total{method="GET",status="200"} ${scrape * 3} # {trace_id="${traceIdOf(scrape)}"} 0.25
http_requests_total{method="POST",status="500"} ${scrape}
# TYPE room_temperature_celsius gauge
# UNIT room_temperature_celsius celsius
room_temperature_celsius{room="größe \\"1\\""} ${20 + Math.sin(scrape)}
room_temperature_celsius{room="nowhere"} NaN
room_temperature_celsius{room="sun"} +Inf
# TYPE latency_seconds histogram
latency_seconds_bucket{le="0.1"} ${scrape}
latency_seconds_bucket{le="+Inf"} ${scrape * 2}
latency_seconds_count ${scrape * 2}
latency_seconds_sum ${scrape * 0.3}
# EOF
`;
}

const NATIVE_TYPE =
  "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited; charset=utf-8";
/** Of io.prometheus.client.MetricType. */
const HISTOGRAM = 4;

/** One histogram of schema 2 with buckets on both sides of zero (prometheus/client_model `metrics.proto`). */
function nativeExposition(scrape: number): Buffer {
  const family = openWriter();
  writeStringField(family, 1, "payload_bytes");
  writeStringField(family, 2, "How much was sent.");
  writeVarintField(family, 3, HISTOGRAM);
  const metric = begin(family, 4);
  const label = begin(family, 1);
  writeStringField(family, 1, "direction");
  writeStringField(family, 2, "out");
  end(family, label);
  const histogram = begin(family, 7);
  writeVarintField(family, 1, scrape * 11);
  writeDoubleField(family, 2, scrape * 7.5);
  writeSint32Field(family, 5, 2);
  writeDoubleField(family, 6, 0.001);
  writeVarintField(family, 7, scrape);
  writeSpan(family, 9, 1, 1);
  writeSint32Field(family, 10, scrape * 2);
  writeSpan(family, 12, -3, 2);
  writeSpan(family, 12, 4, 1);
  // Counts of 1, 3 and 4 times the scrapes, as differences.
  for (const delta of [1, 2, 1]) writeSint32Field(family, 13, scrape * delta);
  end(family, histogram);
  end(family, metric);
  const body = writtenBytes(family);
  const delimited = openWriter();
  writeVarint(delimited, body.length);
  return Buffer.concat([writtenBytes(delimited), body]);
}

function writeSpan(writer: WireWriter, field: number, offset: number, length: number): void {
  const span = begin(writer, field);
  writeSint32Field(writer, 1, offset);
  writeVarintField(writer, 2, length);
  end(writer, span);
}
