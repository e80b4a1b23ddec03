import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { attributesText, valueText } from "@sightline/otlp/value-text";
import { ExportLogsServiceRequest } from "@sightline/proto/opentelemetry/proto/collector/logs/v1/logs_service";
import { z } from "zod";
import { type IngestUnderTest, startIngest } from "../../testing/ingest.ts";

const run = promisify(execFile);
let ingest: IngestUnderTest;
let key: string;
let dir: string;

before(async () => {
  ingest = await startIngest();
  key = (await ingest.createKey("acme")).key;
  dir = await mkdtemp(join(tmpdir(), "sightline-lines-"));
});

after(async () => {
  await ingest.stop();
  await rm(dir, { recursive: true, force: true });
});

function post(query: string, body: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  return fetch(`${ingest.http}/v1/logs/lines${query}`, {
    method: "POST",
    body,
    headers: { authorization: `Bearer ${key}`, ...headers },
  });
}

/** What is stored behind a sequence: service, severity and body of each record. */
async function storedAfter(seq: number): Promise<[service: string | undefined, severity: number, body: string][]> {
  const messages = await ingest.stored("logs", seq);
  return messages.flatMap(({ payload }) =>
    ExportLogsServiceRequest.decode(payload).resourceLogs.flatMap(({ resource, scopeLogs }) => {
      const service = attributesText(resource?.attributes ?? [])["service.name"];
      return scopeLogs.flatMap(({ logRecords }) =>
        logRecords.map(({ severityNumber, body }): [string | undefined, number, string] => [
          service,
          severityNumber,
          valueText(body),
        ]),
      );
    }),
  );
}

test("curl --data-binary @app.log", async () => {
  const seq = await ingest.lastSeq();
  const file = join(dir, "app.log");
  await writeFile(file, 'starting\n{"level":"error","msg":"boom","service":"shop"}\nlevel=warn msg="slow"\n');
  const url = `${ingest.http}/v1/logs/lines?service=legacy`;
  const { stdout } = await run("curl", ["-sS", "--data-binary", `@${file}`, "-H", `authorization: Bearer ${key}`, url]);
  assert.deepEqual(JSON.parse(stdout), { accepted: 3, refused: 0, rejected: [] });
  assert.deepEqual(await storedAfter(seq), [
    ["legacy", 0, "starting"],
    ["legacy", 13, "slow"],
    ["shop", 17, "boom"],
  ]);
});

const answer = z.strictObject({
  accepted: z.int(),
  refused: z.int(),
  rejected: z.array(z.strictObject({ line: z.int(), reason: z.string() })),
});

test("lines that are refused behind the door are told by their numbers as well", async () => {
  const seq = await ingest.lastSeq();
  const lines = [
    '{"msg":"a","service":"x"}',
    '{"msg":"old","service":"y","time":"2001-01-01T00:00:00Z"}',
    '{"msg":"b","service":"x"}',
    "{",
    '{"msg":"older","service":"x","time":"2000-01-02T00:00:00Z"}',
  ];
  const response = await post("", lines.join("\n"), { "content-type": "application/x-ndjson" });
  const { accepted, refused, rejected } = answer.parse(await response.json());
  assert.deepEqual([accepted, refused, rejected.map(({ line }) => line)], [2, 3, [2, 4, 5]]);
  assert.equal(rejected[0]?.reason, "it is too old");
  assert.match(rejected[2]?.reason ?? "", /a log record's time is 2000-01-02T00:00:00Z, want/);
  assert.deepEqual(await storedAfter(seq), [
    ["x", 0, "a"],
    ["x", 0, "b"],
  ]);
});

test("of many refusals the first hundred are told, and how many there are", async () => {
  const lines = ['{"msg":"good"}', ...Array.from({ length: 500 }, () => "bad")];
  const response = await post("", lines.join("\n"), { "content-type": "application/jsonl" });
  const { accepted, refused, rejected } = answer.parse(await response.json());
  assert.deepEqual([accepted, refused, rejected.length, rejected.at(-1)?.line], [1, 500, 100, 101]);
});

test("a question that is not understood is refused", async () => {
  const response = await post("?sevice=shop", "a line");
  assert.equal(response.status, 400);
  const { message } = z.object({ message: z.string() }).parse(await response.json());
  assert.match(message, /got sevice, want service or host/);
});
