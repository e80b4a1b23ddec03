import assert from "node:assert/strict";
import { test } from "node:test";
import { loadConfig, printConfig, readConfig } from "./config.ts";

const PLAIN = `route: { receiver: payments }
receivers:
  - name: payments
    slack_configs: [{ api_url: "https://hooks.example.org/x", channel: "#payments" }]
    webhook_configs: [{ url: "http://there/" }]
`;

const OURS = `    sightline:
      escalation: payments
      console:
      github: { token: hush, owner: acme, repo: ops, labels: [] }
      metrics: { send_resolved: false }
      sentry: { dsn: "https://key@sentry.example.org/1", environment: prod }
      pagerduty: { severity_from_labels: true }
      slack: { thread: true, layout: blocks, mention_users: [U012AB] }
      webhook: { signing_secret: whsec_x }
`;

test("what Alertmanager does not know is read beside what it does", () => {
  const [receiver] = loadConfig(PLAIN + OURS).receivers;
  assert.deepEqual(
    receiver?.integrations.map(({ kind, index }) => `${kind}[${index}]`),
    ["webhook[0]", "slack[0]", "console[0]", "github[0]", "metrics[0]", "sentry[0]", "escalation[0]"],
  );
  const of = (kind: string) => receiver?.integrations.find((one) => one.kind === kind)?.config;
  assert.deepEqual(of("escalation"), { policy: "payments", sendResolved: true });
  assert.deepEqual(of("metrics"), { sendResolved: false });
  assert.partialDeepStrictEqual(of("slack"), { channel: "#payments", thread: true, mentionUsers: ["U012AB"] });
  assert.partialDeepStrictEqual(of("github"), { owner: "acme", title: undefined, labels: [], closeResolved: true });
});

test("it is printed again without secrets, and left out for Alertmanager", () => {
  const config = loadConfig(PLAIN + OURS);
  const printed = printConfig(config);
  assert.equal(/hush|whsec|key@/.test(printed), false, printed);
  assert.match(printed, /sightline:\n +escalation: payments\n +console:\n +send_resolved: true/);
  assert.equal(printConfig(loadConfig(printed)), printed);
  assert.equal(printConfig(config, { plain: true }), printConfig(loadConfig(PLAIN)));
});

test("what is wrong in it is told with its place", () => {
  const f = (ours: string, ...want: string[]) => {
    const result = readConfig(`${PLAIN}    sightline: ${ours}\n`, { policies: new Set(["payments"]) });
    const got = result.ok ? [] : result.problems.map(({ line, column, message }) => `${line}:${column}: ${message}`);
    assert.deepEqual(got, want);
  };
  f("{ escalation: payments }");
  f("");
  f("{ escalation: nights }", '6:30: undefined escalation policy "nights" used in receiver');
  f("{ escalate: payments }", "6:18: field escalate not found in sightline");
  f("{ slack: { threads: true } }", "6:27: field threads not found in slack");
  f("{ slack: { interactive: true } }", "6:18: interactive in sightline.slack needs layout: blocks");
  f("{ slack: { interactive: true, layout: blocks } }");
  f("{ slack: { layout: pretty } }", '6:35: unknown layout "pretty", want attachment or blocks');
  f(
    "{ github: , sentry: }",
    "6:18: missing token in sightline.github",
    "6:18: missing owner or repo in sightline.github",
    "6:28: missing dsn in sightline.sentry",
  );
});
