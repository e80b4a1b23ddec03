// A real sender of Elasticsearch's Bulk API: rsyslogd with its module for it.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { librariesFromDebian } from "@sightline/local/install/debian";
import { findOnPath } from "@sightline/local/install/paths";
import { attributesText, valueText } from "@sightline/otlp/value-text";
import { ExportLogsServiceRequest } from "@sightline/proto/opentelemetry/proto/collector/logs/v1/logs_service";
import { eventually } from "@sightline/testkit/eventually";
import { freePort } from "@sightline/testkit/free-port";
import { type IngestUnderTest, startIngest } from "../../services/ingest/src/testing/ingest.ts";
import { type Rsyslogd, startRsyslogd } from "./rsyslogd.ts";

const logger = findOnPath("logger");
const MESSAGES = 1000;
const INDEX = "logs-rsyslog-prod";

let ingest: IngestUnderTest;
let dir: string;
let port: number;
let rsyslogd: Rsyslogd | undefined;

before(async () => {
  dir = await mkdtemp(join(tmpdir(), "sightline-bulk-"));
  port = await freePort();
  ingest = await startIngest({ config: { elasticsearch: { port } } });
});

after(async () => {
  await rsyslogd?.stop();
  await ingest.stop();
  await rm(dir, { recursive: true, force: true });
});

/** Sends documents in ECS, many at a time, with the key as a password. */
function bulkAction(key: string): string[] {
  const property = (outname: string, name: string, more = "") =>
    `property(outname="${outname}" name="${name}" format="jsonf"${more})`;
  const fields = [
    property("@timestamp", "timereported", ' dateFormat="rfc3339"'),
    property("host.name", "hostname"),
    property("log.level", "syslogseverity-text"),
    property("service.name", "programname"),
    property("message", "msg"),
  ];
  const separated = fields.join(' constant(value=",") ');
  return [
    'module(load="omelasticsearch")',
    `template(name="document" type="list") { constant(value="{") ${separated} constant(value="}") }`,
    `action(type="omelasticsearch" server="127.0.0.1" serverport="${port}" template="document" bulkmode="on" searchIndex="${INDEX}"` +
      ` searchType="" uid="rsyslog" pwd="${key}" errorfile="${join(dir, "errors")}" queue.type="linkedlist"` +
      ' queue.dequeueBatchSize="200" action.resumeRetryCount="-1")',
  ];
}

test("rsyslogd's documents come with severity, service, host and index in their columns", {
  skip: logger === undefined && "no logger here",
}, async () => {
  const { key } = await ingest.createKey("acme");
  const socket = join(dir, "log");
  const libraryDirs = await librariesFromDebian("rsyslog-elasticsearch");
  rsyslogd = await startRsyslogd({ dir, socket, actions: bulkAction(key), libraryDirs });
  const lines = Array.from({ length: MESSAGES }, (_, at) => `order ${at} was taken`);
  const file = join(dir, "lines");
  await writeFile(file, `${lines.join("\n")}\n`);
  await promisify(execFile)(logger ?? "", ["-u", socket, "-t", "shop", "-p", "local0.err", "-f", file]);
  await eventually(
    async () => (await ingest.stored("logs")).reduce((sum, { records }) => sum + records, 0) >= MESSAGES,
    { timeoutMs: 60_000, intervalMs: 200 },
  );
  const bodies: string[] = [];
  for (const { tenant, payload } of await ingest.stored("logs")) {
    assert.equal(tenant, "acme");
    for (const { resource, scopeLogs } of ExportLogsServiceRequest.decode(payload).resourceLogs) {
      const of = attributesText(resource?.attributes ?? []);
      assert.deepEqual([of["service.name"], of["_index"], of["data_stream.dataset"]], ["shop", INDEX, "rsyslog"]);
      assert.ok(of["host.name"]);
      for (const { severityNumber, timeUnixNano, body } of scopeLogs.flatMap(({ logRecords }) => logRecords)) {
        assert.equal(severityNumber, 17);
        assert.ok(timeUnixNano > 0n);
        bodies.push(valueText(body).trimStart());
      }
    }
  }
  assert.deepEqual(bodies, lines);
});
