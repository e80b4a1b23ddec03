// Real senders of syslog: rsyslogd, which forwards what it is given, and logger of util-linux.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { findOnPath } from "@sightline/local/install/paths";
import { attributesText, valueText } from "@sightline/otlp/value-text";
import { ExportLogsServiceRequest } from "@sightline/proto/opentelemetry/proto/collector/logs/v1/logs_service";
import { eventually } from "@sightline/testkit/eventually";
import { freePort } from "@sightline/testkit/free-port";
import { type IngestUnderTest, startIngest } from "../../services/ingest/src/testing/ingest.ts";
import { type Rsyslogd, startRsyslogd } from "./rsyslogd.ts";

const run = promisify(execFile);
const logger = findOnPath("logger");

let ingest: IngestUnderTest;
let dir: string;
let rsyslogd: Rsyslogd | undefined;
const ports = { tcp: 0, udp: 0 };

before(async () => {
  dir = await mkdtemp(join(tmpdir(), "sightline-syslog-"));
  ports.tcp = await freePort();
  ports.udp = await freePort();
  ingest = await startIngest({
    config: {
      syslog: [
        { transport: "tcp", port: ports.tcp, tenant: "over-tcp" },
        { transport: "udp", port: ports.udp, tenant: "over-udp" },
      ],
    },
  });
});

after(async () => {
  await rsyslogd?.stop();
  await ingest.stop();
  await rm(dir, { recursive: true, force: true });
});

interface Stored {
  readonly tenant: string;
  readonly severity: string;
  readonly service: string | undefined;
  readonly host: string | undefined;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly ageMs: number;
}

async function storedAfter(seq: number): Promise<Stored[]> {
  const messages = await ingest.stored("logs", seq);
  return messages.flatMap(({ payload, tenant }) =>
    ExportLogsServiceRequest.decode(payload).resourceLogs.flatMap(({ resource, scopeLogs }) => {
      const of = attributesText(resource?.attributes ?? []);
      return scopeLogs.flatMap(({ logRecords }) =>
        logRecords.map((record) => ({
          tenant,
          severity: `${record.severityNumber} ${record.severityText}`,
          service: of["service.name"],
          host: of["host.name"],
          body: valueText(record.body),
          attributes: attributesText(record.attributes),
          ageMs: Date.now() - Number(record.timeUnixNano / 1_000_000n),
        })),
      );
    }),
  );
}

/** What is stored behind a sequence, when it is that many records. */
function storedCount(seq: number, count: number): Promise<Stored[]> {
  return eventually(
    async () => {
      const stored = await storedAfter(seq);
      return stored.length >= count ? stored : false;
    },
    { timeoutMs: 30_000 },
  ).then((stored) => (stored === false ? [] : stored));
}

test("logger: both formats, both transports and both framings", {
  skip: logger === undefined && "no logger here",
}, async () => {
  const tcp = ["-n", "127.0.0.1", "-P", String(ports.tcp), "-T"];
  const udp = ["-n", "127.0.0.1", "-P", String(ports.udp), "-d"];
  const cases: [name: string, args: string[], tenant: string][] = [
    ["5424 counted", [...tcp, "--rfc5424", "--octet-count"], "over-tcp"],
    ["5424 in lines", [...tcp, "--rfc5424"], "over-tcp"],
    ["3164 counted", [...tcp, "--rfc3164", "--octet-count"], "over-tcp"],
    ["3164 in lines", [...tcp, "--rfc3164"], "over-tcp"],
    ["5424 by datagram", [...udp, "--rfc5424"], "over-udp"],
    ["3164 by datagram", [...udp, "--rfc3164"], "over-udp"],
  ];
  for (const [name, args, tenant] of cases) {
    const seq = await ingest.lastSeq();
    await run(logger ?? "", [...args, "-t", "shop", "-p", "auth.err", `it is ${name}`], { env: { TZ: "UTC" } });
    const [record] = await storedCount(seq, 1);
    assert.ok(record, name);
    assert.deepEqual([record.tenant, record.severity, record.service], [tenant, "17 err", "shop"], name);
    assert.equal(record.body, `it is ${name}`);
    assert.equal(record.attributes["syslog.facility"], "auth");
    assert.ok(record.host, name);
    assert.ok(Math.abs(record.ageMs) < 60_000, `${name}: ${record.ageMs}`);
  }
});

test("logger: structured data and a message in JSON", { skip: logger === undefined && "no logger here" }, async () => {
  const seq = await ingest.lastSeq();
  const sending = ["-n", "127.0.0.1", "-P", String(ports.tcp), "-T", "--rfc5424", "--octet-count"];
  const data = ["--sd-id", "shop@32473", "--sd-param", 'order="4711"', "--msgid", "ID7"];
  const json = '{"level":"warn","message":"slow","trace_id":"0af7651916cd43dd8448eb211c80319c","ms":1200}';
  await run(logger ?? "", [...sending, ...data, "-t", "shop", "-p", "user.info", json]);
  const [record] = await storedCount(seq, 1);
  assert.deepEqual([record?.severity, record?.body], ["13 warn", "slow"]);
  assert.equal(record?.attributes["shop@32473.order"], "4711");
  assert.equal(record?.attributes["syslog.msgid"], "ID7");
  assert.equal(record?.attributes["ms"], "1200");
});

const MESSAGES = 2000;

/** Forwards all of it both ways. */
function forwards(): string[] {
  const forward = 'type="omfwd" target="127.0.0.1" action.resumeRetryCount="-1"';
  return [
    `action(${forward} port="${ports.tcp}" protocol="tcp" tcp_framing="octet-counted" template="RSYSLOG_SyslogProtocol23Format")`,
    `action(${forward} port="${ports.udp}" protocol="udp" template="RSYSLOG_TraditionalForwardFormat")`,
  ];
}

test("rsyslogd: forwards over TCP in RFC 5424 and over UDP in RFC 3164", {
  skip: logger === undefined && "no logger here",
}, async () => {
  const seq = await ingest.lastSeq();
  const socket = join(dir, "log");
  rsyslogd = await startRsyslogd({ dir, socket, actions: forwards() });
  const lines = Array.from({ length: MESSAGES }, (_, at) => `order ${at} was taken`);
  const file = join(dir, "lines");
  await writeFile(file, `${lines.join("\n")}\n`);
  await run(logger ?? "", ["-u", socket, "-t", "shop[42]", "-p", "local0.warning", "-f", file]);
  await eventually(
    async () => (await storedAfter(seq)).filter(({ tenant }) => tenant === "over-tcp").length >= MESSAGES,
    { timeoutMs: 60_000, intervalMs: 200 },
  );
  const stored = await storedAfter(seq);
  const bodies = (tenant: string) => stored.filter((record) => record.tenant === tenant).map(({ body }) => body);
  assert.deepEqual(bodies("over-tcp"), lines, "all of them, once and in order");
  // Datagrams may be lost anywhere on the way; what came is as it was sent.
  const datagrams = new Set(bodies("over-udp"));
  assert.ok(datagrams.size > 0);
  for (const body of datagrams) assert.ok(lines.includes(body), body);
  for (const { service, severity, host, attributes } of stored) {
    assert.deepEqual([service, severity], ["shop", "13 warning"]);
    assert.ok(host);
    assert.deepEqual([attributes["syslog.facility"], attributes["syslog.procid"]], ["local0", "42"]);
  }
});
