// Whom a rule names is told beside the routes, by a real Postgres, bus and mail server.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { ExplainAlertRequest, ExplainPagingRequest } from "@sightline/proto/sightline/alert/v1/alertmanager_service";
import { Contacts } from "@sightline/proto/sightline/alert/v1/oncall_service";
import { eventually } from "@sightline/testkit/eventually";
import { startNats, startPostgres, type TestServer } from "@sightline/testkit/servers";
import { type MailServer, startMailServer } from "../channels/testing/mail-server.ts";
import { config } from "../config.ts";
import { createPolicyCalls } from "../oncall/policy-calls.ts";
import { changeRuleFile } from "../rule-files/put-rule-file.ts";
import { startReceiver } from "../testing/receiver.ts";
import { routedAlerts } from "../testing/routed.ts";
import { type Alerter, createWorld, ofTenant, type World } from "../testing/world.ts";

const bounds = { maxFiles: 10, maxFileBytes: 20_000, maxRules: 100, keep: { versions: 3, deletedFiles: 2 } };

const rules = (recipients: string) => `
groups:
  - name: g
    interval: 1s
    rules:
      - alert: Boom
        sightline:
          events: { condition: "event_type == 'boom'", resolve_when: "event_type == 'calm'" }
          recipients: [${recipients}]
`;

const configuration = (global: string, url: string) => `
global: { ${global} }
route: { receiver: nobody, group_by: [alertname], group_wait: 50ms, group_interval: 200ms, repeat_interval: 1h }
receivers:
  - name: nobody
  - name: chat
    webhook_configs: [{ url: "${url}" }]
  - name: pager
    webhook_configs: [{ url: "${url}" }]
`;

describe("whom a rule names", () => {
  let nats: TestServer;
  let postgres: TestServer;
  before(async () => {
    [nats, postgres] = await Promise.all([startNats(), startPostgres()]);
  });
  after(async () => {
    await Promise.all([nats.stop(), postgres.stop()]);
  });
  const startWorld = () => createWorld({ postgresUrl: postgres.url, natsUrl: nats.url });

  const mailBy = ({ port }: MailServer) =>
    `smtp_smarthost: "127.0.0.1:${port}", smtp_from: a@b.c, smtp_require_tls: false`;

  async function configure({ alertmanager }: Alerter, source: string): Promise<void> {
    const request = { source, templates: {}, author: "ann", onlyCheck: false, keepTemplates: false };
    await alertmanager.call("putConfiguration", request, ofTenant);
  }

  async function put({ sql, tenant }: World, recipients: string): Promise<void> {
    const change = { name: "r", author: "ann", expected: undefined, sourceOf: () => rules(recipients) };
    const { parsed } = await changeRuleFile({ sql, clock: Date.now, bounds }, tenant, change);
    assert.deepEqual(parsed.problems, []);
  }

  async function startAlerter(here: World): Promise<Alerter> {
    const dispatch = config.shape.dispatch.parse({ failuresUntilAlert: 1, failingForMs: 1 });
    return here.startAlerter({ dispatch, rulesRefreshMs: 100, settleMs: 0 });
  }

  /** Tells of events until the rule, which is evaluated by whoever took it over a moment ago, fires. */
  async function fire(here: World, alerter: Alerter): Promise<string> {
    return eventually(
      async () => {
        await here.send({ eventType: "boom" });
        const [alert = assert.fail("nothing fires")] = await routedAlerts(alerter);
        return alert.fingerprint;
      },
      { timeoutMs: 20_000 },
    );
  }

  async function storyOf({ alertmanager }: Alerter, fingerprint: string): Promise<string> {
    const request = ExplainAlertRequest.fromPartial({ alert: { $case: "fingerprint", value: fingerprint } });
    const { decisions } = await alertmanager.call("explainAlert", request, ofTenant);
    return decisions.map(({ sentence }) => sentence).join("\n");
  }

  async function whyPaged({ alertmanager }: Alerter, user: string) {
    const nowMs = Date.now();
    const request = { user, startUnixMs: BigInt(nowMs - 60_000), endUnixMs: BigInt(nowMs + 60_000) };
    return alertmanager.call("explainPaging", ExplainPagingRequest.fromPartial(request), ofTenant);
  }

  test("is told by mail, by a receiver and by contact methods, and hears of the end", async () => {
    await using here = await startWorld();
    await using mail = await startMailServer();
    await using receiver = await startReceiver();
    const bounded = { maxPolicies: 10, maxContacts: 10, receiversOf: async () => [] };
    const policies = createPolicyCalls({ sql: here.sql, clock: Date.now, ...bounded });
    const contacts = Contacts.fromPartial({ user: "ann", timeZone: "UTC", methods: [{ receiver: "pager" }] });
    await policies.putContacts(here.tenant, { contacts, revision: 0, userId: "ann" });
    await using alerter = await startAlerter(here);
    await configure(alerter, configuration(mailBy(mail), receiver.url));
    await put(here, "ops@example.com, ann, 'receiver:chat', 'receiver:gone'");
    const fingerprint = await fire(here, alerter);
    const told = () => receiver.received.map(({ body }) => `${body.receiver} ${body.status}`).sort();
    await eventually(() => assert.deepEqual(told(), ["chat firing", "pager firing"]));
    await eventually(() => assert.equal(mail.received.length, 1));
    assert.deepEqual(mail.received[0]?.to, ["ops@example.com"]);

    const story = await eventually(async () => {
      const text = await storyOf(alerter, fingerprint);
      assert.match(text, /to recipient:ops@example\.com \(email\[0\]\) was delivered/);
      return text;
    });
    assert.match(story, /of the receiver recipient:ops@example\.com, since its rule names ops@example\.com\./);
    assert.match(story, /since its rule names receiver:chat\./);
    assert.match(story, /Somebody is not told: its rule names a recipient whom nobody can tell \(receiver:gone\)/);
    const paged = await eventually(async () => {
      const found = await whyPaged(alerter, "ann");
      assert.equal(found.reason, "paged");
      return found;
    });
    assert.match(paged.sentences[0]?.text ?? "", /step 1 told ann/);

    await here.send({ eventType: "calm" });
    const all = ["chat firing", "chat resolved", "pager firing", "pager resolved"];
    await eventually(() => assert.deepEqual(told(), all));
    await eventually(() => assert.equal(mail.received.length, 2));
  });

  test("without a way to send mail that is told, and is an alert of its own", async () => {
    await using here = await startWorld();
    await using receiver = await startReceiver();
    await using alerter = await startAlerter(here);
    await configure(alerter, configuration("", receiver.url));
    await put(here, "ops@example.com");
    const fingerprint = await fire(here, alerter);
    await eventually(async () => {
      const names = (await routedAlerts(alerter)).map(({ labels }) => labels["alertname"]);
      assert.ok(names.includes("SightlineReceiverUnreachable"));
    });
    const want = /was not delivered: cannot tell recipient:ops@example\.com: no global SMTP smarthost set/;
    await eventually(async () => assert.match(await storyOf(alerter, fingerprint), want));
  });
});
