import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { runProgram } from "../program.ts";

const dir = mkdtempSync(join(tmpdir(), "sightline-trials-"));
const asked: { readonly path: string; readonly body: unknown }[] = [];
let answer: unknown;

/** Answers whatever the test says. */
const server = createServer(async (request, response) => {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  asked.push({ path: request.url ?? "", body: JSON.parse(text) });
  response.end(JSON.stringify(answer));
});

let url: string;
before(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
});
after(() => {
  rmSync(dir, { recursive: true, force: true });
  return new Promise((resolve) => server.close(resolve));
});
beforeEach(() => {
  asked.length = 0;
});

const write = (name: string, text: string) => {
  writeFileSync(join(dir, name), text);
  return join(dir, name);
};

async function run(...args: readonly string[]) {
  let stdout = "";
  let stderr = "";
  const code = await runProgram({
    args: ["rules", ...args],
    env: { SIGHTLINE_SERVER: url, SIGHTLINE_API_KEY: "the-key", SIGHTLINE_DIR: "/nonexistent" },
    version: "test",
    stdout: { write: (text: string) => (stdout += text) },
    stderr: { write: (text: string) => (stderr += text) },
    signal: new AbortController().signal,
    now: () => 0,
  });
  return { code, stdout, stderr };
}

const labels = { alertname: "busy", target: "web-1" };

test("events of files are tried, and it is said what counts and what fires", async () => {
  const alert = { labels, annotations: {}, value: 3, pending: null, fired: "2026-11-22T05:00:00Z", ended: null };
  const busy = {
    file: "hosts",
    group: "g",
    rule: "busy",
    counted: [0, 2],
    ending: [1],
    alerts: [alert],
    notes: ["odd"],
  };
  const idle = { ...busy, rule: "idle", counted: [], ending: [], alerts: [], notes: [] };
  answer = { rules: [busy, idle], others: 4, problems: [] };
  const lines = write("events.ndjson", '{"event_type":"a"}\n\n{"event_type":"b"}\n');
  const list = write("events.json", '{"events": [{"event_type": "c"}]}');
  const one = write("one.json", '{"event_type": "d"}');
  const { code, stdout, stderr } = await run("try", lines, list, one, "--rule", "busy", "--rule", "idle");
  assert.equal(code, 0, stderr);
  assert.deepEqual(asked, [
    {
      path: "/v1/rule-trials",
      body: { events: ["a", "b", "c", "d"].map((type) => ({ event_type: type })), rules: ["busy", "idle"] },
    },
  ]);
  assert.equal(
    stdout,
    'busy (hosts g): counted 0 2, over by 1\n  {alertname="busy", target="web-1"} 3: fires 2026-11-22T05:00:00Z\n  odd\n',
  );
  assert.match(stderr, /4 events, 2 rules of events \(1 rule meant\), 1 alert; 4 rules of other kinds left out/);
});

test("a draft with faults is told, with their places", async () => {
  answer = { rules: [], others: 0, problems: [{ line: 3, column: 7, message: "no expr" }] };
  const draft = write("draft.yml", "groups: []");
  const { code, stderr } = await run("try", write("e.json", "[]"), "--file", draft);
  assert.equal(code, 1);
  assert.match(stderr, /draft\.yml:3:7: no expr/);
  assert.deepEqual(asked[0]?.body, { events: [], rules: [], source: "groups: []" });
  assert.equal((await run("try", write("bad.ndjson", '{"a":1}\n{'))).code, 2);
  assert.equal((await run("try", join(dir, "none"))).code, 2);
});

test("who would be told of a rule is said, and whoever did not take the test is an error", async () => {
  const tested = { integration: "slack[0]", delivered: true, outcome: "ok", sentence: "slack[0] took it." };
  const leftOut = { integration: "escalation[0]", delivered: false, outcome: "", sentence: "It was left out." };
  const routing = { sentence: "ops would be told at once.", routes: [{ receiver: "ops", integrations: ["slack[0]"] }] };
  const recipients = [
    { recipient: "ann", receiver: "recipient:ann", integrations: ["escalation[0]"] },
    { recipient: "receiver:x", receiver: "", integrations: [] },
  ];
  const dry = { labels, routing, recipients, channels: ["hook"], told: [] };
  answer = dry;
  const first = await run("test-alert", "busy", "--file", "hosts", "--label", "target=web-1", "--label", "q=a=b");
  assert.equal(first.code, 0, first.stderr);
  const want = { rule: "busy", file: "hosts", group: "", labels: { target: "web-1", q: "a=b" }, send: false };
  assert.deepEqual(asked, [{ path: "/v1/rule-tests", body: want }]);
  assert.deepEqual(first.stdout.trimEnd().split("\n"), [
    '{alertname="busy", target="web-1"}',
    "route: ops (slack[0])",
    "recipient ann: recipient:ann (escalation[0])",
    "recipient receiver:x: nobody can tell them",
    "channel: hook",
    "ops would be told at once.",
  ]);
  assert.match(first.stderr, /nobody was told: --send tells them/);

  const told = [
    { receiver: "ops", resolved: false, integrations: [tested], problem: "" },
    { receiver: "ops", resolved: true, integrations: [tested], problem: "" },
    { receiver: "recipient:ann", resolved: false, integrations: [leftOut], problem: "" },
  ];
  answer = { ...dry, told };
  const sent = await run("test-alert", "busy", "--send");
  assert.equal(sent.code, 0, sent.stderr);
  assert.match(
    sent.stdout,
    /\nops: slack\[0\] took it\.\nops, that it is over: slack\[0\] took it\.\nrecipient:ann: It was left out\.\n$/,
  );

  answer = {
    ...dry,
    told: [...told, { receiver: "channel:hook", resolved: false, integrations: [], problem: "is gone" }],
  };
  const failed = await run("test-alert", "busy", "--send");
  assert.equal(failed.code, 1);
  assert.match(failed.stdout, /channel:hook: is gone/);
  assert.match(failed.stderr, /1 notification not delivered/);
  assert.equal((await run("test-alert", "busy", "--label", "=x")).code, 2);
});
