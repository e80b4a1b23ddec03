import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { draftOf, secretOf, settingsOf } from "./source-draft.ts";

const source = {
  sourceId: "s",
  name: "ci",
  kind: "github",
  settings: { labels: { team: "web" }, alertsLastSeconds: 7200, issueLabels: ["incident"] },
  hasSecret: true,
  prefix: "sl_inbound_x",
  created: null,
  createdBy: "",
  lastReceived: null,
  lastProblem: "",
};

describe("an inbound source as it is written", () => {
  test("what is not changed stays as it is", () => {
    assert.deepEqual(settingsOf(draftOf(source)), { ok: true, settings: source.settings });
  });

  test("each kind sends only what it has", () => {
    const draft = { ...draftOf(source), kind: "sentry" as const };
    assert.deepEqual(settingsOf(draft), { ok: true, settings: { ...source.settings, issueLabels: [] } });
    const generic = settingsOf({ ...draft, kind: "generic", mapping: '{"labels": {"alertname": "A"}}' });
    assert.ok(generic.ok);
    assert.deepEqual(generic.settings.mapping, { labels: { alertname: "A" } });
  });

  test("a mapping that is no JSON says so", () => {
    const read = settingsOf({ ...draftOf(undefined), kind: "generic", mapping: "{" });
    assert.ok(!read.ok);
    assert.match(read.problem, /^Mapping: This is no JSON/);
  });

  test("a secret is kept, replaced or taken away", () => {
    const draft = draftOf(source);
    assert.equal(secretOf(draft), undefined);
    assert.equal(secretOf({ ...draft, secret: "new" }), "new");
    assert.equal(secretOf({ ...draft, isSecretRemoved: true }), "");
  });
});
