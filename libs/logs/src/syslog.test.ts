import assert from "node:assert/strict";
import { test } from "node:test";
import { formatRfc3339 } from "@sightline/model/rfc3339";
import { newLogRecord } from "./log-record.ts";
import { createObjectReader } from "./object-reader.ts";
import { createSyslogReader } from "./syslog.ts";
import { createZoneTime } from "./zone-time.ts";

const NOW = "2026-03-15T12:00:00Z";

function read(message: string, { now = NOW, timeZone = "UTC" } = {}) {
  const zone = createZoneTime(timeZone, () => Date.parse(now));
  const record = newLogRecord();
  createSyslogReader({ read: createObjectReader({ maxFields: 100 }), zone })(message, record);
  const { names, values } = record.attributes;
  return {
    time: record.timeUnixNano === 0n ? "" : formatRfc3339(record.timeUnixNano).replace(/\.?0*Z$/, "Z"),
    severity: `${record.severityNumber} ${record.severityText}`,
    host: record.host,
    service: record.service,
    body: record.body,
    attributes: Object.fromEntries(names.map((name, at) => [name, values[at]])),
  };
}

test("RFC 5424", () => {
  const cases: [message: string, want: ReturnType<typeof read>][] = [
    [
      "<34>1 2003-10-11T22:14:15.003Z mymachine.example.com su - ID47 - \ufeff'su root' failed for lonvick on /dev/pts/8",
      {
        time: "2003-10-11T22:14:15.003Z",
        severity: "21 crit",
        host: "mymachine.example.com",
        service: "su",
        body: "'su root' failed for lonvick on /dev/pts/8",
        attributes: { "syslog.facility": "auth", "syslog.msgid": "ID47" },
      },
    ],
    [
      '<165>1 2003-08-24T05:14:15.000003-07:00 192.0.2.1 myproc 8710 - [a@1 k="v" q="x\\"y\\]z\\\\"][b@2] it\'s time\n',
      {
        time: "2003-08-24T12:14:15.000003Z",
        severity: "10 notice",
        host: "192.0.2.1",
        service: "myproc",
        body: "it's time",
        attributes: { "syslog.facility": "local4", "syslog.procid": "8710", "a@1.k": "v", "a@1.q": 'x"y]z\\' },
      },
    ],
    [
      '<13>1 - - - - - [a@1 k="v"]',
      {
        time: "",
        severity: "10 notice",
        host: "",
        service: "",
        body: "",
        attributes: { "syslog.facility": "user", "a@1.k": "v" },
      },
    ],
    [
      '<11>1 2026-01-01T00:00:00Z web shop 7 - - {"level":"debug","msg":"m","trace_id":"0af7651916cd43dd8448eb211c80319c","n":1}',
      {
        time: "2026-01-01T00:00:00Z",
        severity: "5 debug",
        host: "web",
        service: "shop",
        body: "m",
        attributes: { n: 1, "syslog.facility": "user", "syslog.procid": "7" },
      },
    ],
    [
      '<11>1 2026-01-01T00:00:00Z web shop - - - @cee: {"msg":"m"}',
      {
        time: "2026-01-01T00:00:00Z",
        severity: "17 err",
        host: "web",
        service: "shop",
        body: "m",
        attributes: { "syslog.facility": "user" },
      },
    ],
  ];
  for (const [message, want] of cases) assert.deepEqual(read(message), want, message);
});

test("the space behind a tag that rsyslog forwards is no part of the text", () => {
  assert.equal(read("<13>1 - - - - - -  text").body, "text");
  assert.equal(read("<13>1 - - - - - -   indented").body, " indented");
});

test("RFC 3164, and what is sent in its name", () => {
  const cases: [
    message: string,
    time: string,
    host: string,
    service: string,
    procId: string | undefined,
    body: string,
  ][] = [
    [
      "<34>Mar 11 22:14:15 mymachine su: 'su root' failed",
      "2026-03-11T22:14:15Z",
      "mymachine",
      "su",
      undefined,
      "'su root' failed",
    ],
    ["<13>Mar  1 02:03:04 web sshd[123]: hello", "2026-03-01T02:03:04Z", "web", "sshd", "123", "hello"],
    ["<13>Mar  1 02:03:04 sshd[123]: no host", "2026-03-01T02:03:04Z", "", "sshd", "123", "no host"],
    ["<13>Mar  1 02:03:04 fe80::1 sshd: six", "2026-03-01T02:03:04Z", "fe80::1", "sshd", undefined, "six"],
    ["<13>2026-03-01T02:03:04.5+01:00 web app: iso", "2026-03-01T01:03:04.5Z", "web", "app", undefined, "iso"],
    [
      "<13>Mar  1 2025 02:03:04.250: %SYS-5-CONFIG: cisco",
      "2025-03-01T02:03:04.25Z",
      "",
      "%SYS-5-CONFIG",
      undefined,
      "cisco",
    ],
    ["<13>Mar  1 02:03:04 web no tag at all", "2026-03-01T02:03:04Z", "web", "", undefined, "no tag at all"],
    ["<13>just a message", "", "", "", undefined, "just a message"],
    ["<13>app: tagged", "", "", "app", undefined, "tagged"],
    ["no priority", "", "", "", undefined, "no priority"],
    ["<999>too high", "", "", "", undefined, "<999>too high"],
    ["<13>1 broken header", "", "", "", undefined, "1 broken header"],
    ["", "", "", "", undefined, ""],
  ];
  for (const [message, time, host, service, procId, body] of cases) {
    const got = read(message);
    assert.deepEqual(
      [got.time, got.host, got.service, got.attributes["syslog.procid"], got.body],
      [time, host, service, procId, body],
      message,
    );
  }
  assert.equal(read("no priority").severity, "10 notice");
});

test("a date without a year is of the year in which it lies nearest", () => {
  const cases: [now: string, message: string, want: string][] = [
    ["2026-01-01T00:00:05Z", "<13>Dec 31 23:59:58 h a: x", "2025-12-31T23:59:58Z"],
    ["2025-12-31T23:59:58Z", "<13>Jan  1 00:00:05 h a: x", "2026-01-01T00:00:05Z"],
    ["2026-12-31T23:00:00Z", "<13>Dec 31 23:00:01 h a: x", "2026-12-31T23:00:01Z"],
    ["2026-06-30T00:00:00Z", "<13>Jan  1 00:00:00 h a: x", "2026-01-01T00:00:00Z"],
    ["2024-03-01T00:00:00Z", "<13>Feb 29 10:00:00 h a: x", "2024-02-29T10:00:00Z"],
    ["2026-03-01T00:00:00Z", "<13>Feb 29 10:00:00 h a: x", ""],
    ["2025-01-10T00:00:00Z", "<13>Feb 29 10:00:00 h a: x", "2024-02-29T10:00:00Z"],
    ["2026-03-01T00:00:00Z", "<13>Mar  1 25:00:00 h a: x", ""],
  ];
  for (const [now, message, want] of cases) assert.equal(read(message, { now }).time, want, `${now} ${message}`);
});

test("a time without a zone is of the listener's", () => {
  const cases: [timeZone: string, now: string, message: string, want: string][] = [
    ["Europe/Berlin", "2026-01-10T12:00:00Z", "<13>Jan 10 12:00:00 h a: x", "2026-01-10T11:00:00Z"],
    ["Europe/Berlin", "2026-07-10T12:00:00Z", "<13>Jul 10 12:00:00 h a: x", "2026-07-10T10:00:00Z"],
    ["Europe/Berlin", "2026-03-29T12:00:00Z", "<13>Mar 29 03:30:00 h a: x", "2026-03-29T01:30:00Z"],
    ["Asia/Kathmandu", "2026-01-10T12:00:00Z", "<13>Jan 10 12:00:00 h a: x", "2026-01-10T06:15:00Z"],
    ["America/New_York", "2026-01-01T04:59:59Z", "<13>Dec 31 23:59:58 h a: x", "2026-01-01T04:59:58Z"],
    ["Pacific/Auckland", "2025-12-31T11:00:05Z", "<13>Jan  1 00:00:01 h a: x", "2025-12-31T11:00:01Z"],
  ];
  for (const [timeZone, now, message, want] of cases) {
    assert.equal(read(message, { now, timeZone }).time, want, `${timeZone} ${message}`);
  }
  assert.throws(() => createZoneTime("Mars/Olympus", () => 0), RangeError);
});

test("a hostile message costs no more than its length", () => {
  const messages = [
    `<13>1 - - - - - ${'[a b="'.repeat(20_000)}`,
    `<13>1 - - - - - ${'[a b="c"]'.repeat(20_000)} x`,
    `<13>1 - - - - - [a${' b="\\\\"'.repeat(20_000)}`,
    `<13>Mar 1 ${" ".repeat(200_000)}`,
    `<13>${"a".repeat(200_000)}:`,
  ];
  const before = process.cpuUsage().user;
  for (const message of messages) read(message);
  assert.ok(process.cpuUsage().user - before < 2_000_000);
});
