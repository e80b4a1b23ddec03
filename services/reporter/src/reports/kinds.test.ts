import assert from "node:assert/strict";
import { test } from "node:test";
import { ReportKind } from "@sightline/proto/sightline/report/v1/report_service";
import { makeComplianceReport } from "../compliance/report.ts";
import { makeOperationalReport } from "../operational/report.ts";
import { makeSecurityReport } from "../security/report.ts";
import { firedAlert, head, noEvents, rangeMs } from "../testing/facts.ts";
import { kindOfNumber, kindOfWord } from "./kinds.ts";

const evil = "<img src=x onerror=alert(1)>";
const event = {
  time: head.generated_at,
  severity: "error",
  event_type: evil,
  source: "",
  target: evil,
  user: evil,
  title: evil,
};
const events = { ...noEvents, total: 1, by_type: [{ value: evil, count: 1 }] };
const silence = {
  id: "1",
  matchers: [],
  text: evil,
  author: evil,
  reason: evil,
  startMs: rangeMs.start,
  endMs: rangeMs.end,
  updatedMs: rangeMs.start,
};
const common = { head, rangeMs, events, silences: [silence], missing: [evil] };

const documents = {
  security: makeSecurityReport({
    ...common,
    newest: [event],
    authentication: { total: 1, read: [{ address: evil, user: evil }] },
    denied: { total: 0, read: [] },
    alerts: [firedAlert({ rule: evil, ruleFile: "pack:security" })],
  }),
  operational: makeOperationalReport({
    ...common,
    nowMs: rangeMs.end,
    alerts: [firedAlert({ rule: evil })],
    incidents: [],
    escalations: [{ begunMs: rangeMs.start, users: [evil] }],
    deployments: { total: 1, by_target: [], newest: [event] },
    objectives: [{ rule: evil, file: evil, query: evil, state: "quiet" }],
  }),
  compliance: makeComplianceReport({
    ...common,
    changes: [{ timeMs: rangeMs.start, author: evil, what: "rule file", name: evil, version: "1" }],
    auditEvents: { ...events, newest: [event] },
    retention: [],
    windows: [],
    coverage: [{ schedule: evil, gaps: [] }],
  }),
};

for (const [word, document] of Object.entries(documents)) {
  test(`what senders and people wrote is text on the page of ${word}, which needs nothing else`, () => {
    const kind = kindOfWord(word);
    const page = kind?.toHtml(document) ?? "";
    assert.ok(page.includes("&lt;img src=x onerror=alert(1)&gt;"));
    assert.ok(!page.includes("<img"));
    assert.equal(page.match(/<script|<link|@import|url\((?!#)/i), null);
    assert.deepEqual(kind?.parse(JSON.parse(JSON.stringify(document))), document, "it is read as it was kept");
    assert.equal(kind?.figures(document), undefined, "it has no score of the fleet");
  });
}

test("no kind named is health; every other number and word has its own, or none", () => {
  assert.equal(kindOfNumber(ReportKind.UNSPECIFIED).word, "health");
  const numbers = [1, 2, 3, 4, 5] as const;
  assert.equal(new Set(numbers.map((number) => kindOfNumber(number).word)).size, numbers.length);
  for (const number of numbers) assert.equal(kindOfWord(kindOfNumber(number).word)?.number, number);
  assert.equal(kindOfWord("of a later version"), undefined);
});
