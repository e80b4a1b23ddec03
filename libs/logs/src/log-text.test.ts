import assert from "node:assert/strict";
import { test } from "node:test";
import { formatRfc3339 } from "@sightline/model/rfc3339";
import { newLogRecord } from "./log-record.ts";
import { createTextReader } from "./log-text.ts";
import { parseLogfmt } from "./logfmt.ts";
import { createObjectReader } from "./object-reader.ts";

const read = createTextReader(createObjectReader({ maxFields: 100 }));
const record = newLogRecord();

test("a line is JSON, logfmt or text", () => {
  const day = "2026-01-02T03:04:05";
  const cases: [line: string, time: string, severity: number, body: string][] = [
    ['{"level":"warn","msg":"a","time":"2026-01-02T03:04:05Z"}', day, 13, "a"],
    [' {"level":"warn","no":"message"}', "", 13, ' {"level":"warn","no":"message"}'],
    ['{"level":"warn', "", 0, '{"level":"warn'],
    ['time="2026-01-02T03:04:05Z" level=error msg="it is \\"up\\"" port=80', day, 17, 'it is "up"'],
    ["2026-01-02T03:04:05Z ERROR boom", day, 17, "2026-01-02T03:04:05Z ERROR boom"],
    ["[2026-01-02 03:04:05,000] [warn] boom", day, 13, "[2026-01-02 03:04:05,000] [warn] boom"],
    ["2026/01/02 03:04:05 [error] 7#7: *1 open() failed", day, 17, "2026/01/02 03:04:05 [error] 7#7: *1 open() failed"],
    ["it is INFORMATION, no error at all", "", 0, "it is INFORMATION, no error at all"],
    ["a=b c d e f", "", 0, "a=b c d e f"],
    ["", "", 0, ""],
  ];
  for (const [line, time, severity, body] of cases) {
    assert.equal(read(line, record), "", line);
    const got = record.timeUnixNano === 0n ? "" : formatRfc3339(record.timeUnixNano).slice(0, 19);
    assert.deepEqual([got, record.severityNumber, record.body], [time, severity, body], line);
  }
});

test("logfmt's pairs", () => {
  const cases: [line: string, want: object | undefined][] = [
    ["level=info", { level: "info" }],
    ['a=1 b="x y" c= d="" e=f=g debug', { a: "1", b: "x y", c: "", d: "", e: "f=g", debug: "true" }],
    ['msg="two\\nlines"', { msg: "two\nlines" }],
    ["GET /a?b=c", undefined],
    ['a="open', undefined],
    ["plain words", undefined],
    ["", undefined],
  ];
  for (const [line, want] of cases) assert.deepEqual(parseLogfmt(line), want, line);
});

test("a hostile line costs no more than its length", () => {
  const lines = ['a="'.repeat(50_000), "a=".repeat(100_000), `a=1 ${"\\".repeat(200_000)}`, "[".repeat(200_000)];
  const before = process.cpuUsage().user;
  for (const line of lines) read(line, record);
  assert.ok(process.cpuUsage().user - before < 1_000_000);
});
