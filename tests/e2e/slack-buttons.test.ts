// A button in Slack, to the end: an alert is told to a Slack on this machine, somebody presses its buttons there, and everybody sees who
// took it.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import { after, before, describe, test } from "node:test";
import { eventually } from "@sightline/testkit/eventually";
import { z } from "zod";
import { type FaultStack, startFaultStack } from "../faults/fault-stack.ts";
import { createRestClient, login, type RestClient } from "./rest-client.ts";

const SECRET = "the app's signing secret";

const element = z.looseObject({ action_id: z.string().optional() });
const block = z.looseObject({ elements: z.array(element).optional() });
const messageForm = z.looseObject({ attachments: z.array(z.looseObject({ blocks: z.array(block) })) });
type Message = z.infer<typeof messageForm>;

const groupsForm = z.looseObject({
  groups: z.array(z.looseObject({ care: z.looseObject({ acknowledgedBy: z.string(), note: z.string() }) })),
});
const alertsForm = z.array(z.looseObject({ fingerprint: z.string() }));

/** A Slack that keeps what it is told, by webhook and by response_url. */
async function startSlack() {
  const told: { readonly path: string; readonly message: Message }[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    told.push({ path: request.url ?? "", message: messageForm.parse(JSON.parse(Buffer.concat(chunks).toString())) });
    response.end("ok");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    toldAt: (path: string) => told.filter((one) => one.path === path).map(({ message }) => message),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

describe("a button in Slack", { timeout: 240_000 }, () => {
  const opened = new AsyncDisposableStack();
  after(() => opened.disposeAsync());
  let system: FaultStack;
  let rest: RestClient;
  let page: string;
  let cookie: Record<string, string>;
  before(async () => {
    system = opened.use(await startFaultStack({ services: ["ingest", "storage", "gateway", "alerter"] }));
    page = system.stack.doors.page;
    cookie = await login(page, system.stack.adminUser, system.stack.secrets.adminPassword);
    rest = createRestClient(page, cookie);
  });

  test("who presses it takes the group, and the message says so", async () => {
    await using slack = await startSlack();
    const source = `
route: { receiver: ops, group_by: [team], group_wait: 100ms, group_interval: 1s, repeat_interval: 1h }
receivers:
  - name: ops
    slack_configs: [{ api_url: "${slack.url}/services/x", send_resolved: true }]
    sightline: { slack: { layout: blocks, interactive: true } }
`;
    await rest.send("PUT", "/v1/alert-routing", { source }, z.unknown());
    const asked = { name: "slack", kind: "slack", secret: SECRET };
    const { path } = await rest.send("POST", "/v1/inbound-sources", asked, z.looseObject({ path: z.string() }));
    const post = async (endsAt?: string) => {
      const alert = { labels: { alertname: "Down", team: "shop" }, ...(endsAt !== undefined && { endsAt }) };
      const headers = { ...cookie, "content-type": "application/json" };
      const body = JSON.stringify([alert]);
      const answer = await fetch(`${page}/alertmanager/api/v2/alerts`, { method: "POST", headers, body });
      assert.equal(answer.status, 200, await answer.text());
    };
    await post();
    const first = await eventually(() => {
      const [message] = slack.toldAt("/services/x");
      assert.ok(message);
      return message;
    });

    let presses = 0;
    /** Presses a button as Slack tells it. Resolves to the message that it becomes. */
    async function press(message: Message, verb: string): Promise<Message> {
      const reply = `/actions/${++presses}`;
      const buttons = message.attachments[0]?.blocks.at(-1)?.elements ?? [];
      const button = buttons.find(({ action_id: id }) => id === `sightline_act_${verb}`);
      assert.ok(button, `${verb} is none of ${JSON.stringify(buttons)}`);
      const payload = {
        type: "block_actions",
        user: { id: "U024BE7LH", username: "spengler", name: "spengler", team_id: "T1" },
        channel: { id: "C1", name: "ops" },
        trigger_id: String(presses),
        response_url: slack.url + reply,
        actions: [{ ...button, action_ts: String(presses) }],
        message,
      };
      const body = `payload=${encodeURIComponent(JSON.stringify(payload))}`;
      const seconds = String(Math.floor(Date.now() / 1000));
      const hmac = createHmac("sha256", SECRET).update(`v0:${seconds}:${body}`).digest("hex");
      const headers = {
        "content-type": "application/x-www-form-urlencoded",
        "x-slack-request-timestamp": seconds,
        "x-slack-signature": `v0=${hmac}`,
      };
      const answer = await fetch(page + path, { method: "POST", headers, body });
      assert.deepEqual([answer.status, await answer.text()], [200, ""]);
      return eventually(() => {
        const [replaced] = slack.toldAt(reply);
        assert.ok(replaced);
        return replaced;
      });
    }
    const careOf = async () => (await rest.get("/v1/alert-groups", groupsForm)).groups[0]?.care;
    const firing = () => rest.get("/alertmanager/api/v2/alerts", alertsForm);

    const taken = await press(first, "acknowledge");
    assert.match(JSON.stringify(taken), /"Acknowledged by spengler \(Slack\)"/);
    await eventually(async () => {
      const { acknowledgedBy, note } = (await careOf()) ?? {};
      assert.deepEqual([acknowledgedBy, note], ["spengler (Slack)", "in #ops, as U024BE7LH"]);
    });
    const open = await press(taken, "unacknowledge");
    assert.match(JSON.stringify(open), /"Un-acknowledged by spengler \(Slack\)"/);
    await eventually(async () => assert.equal((await careOf())?.acknowledgedBy, ""));
    const [alert] = await firing();
    const story = await rest.get(`/v1/alerts/${alert?.fingerprint}/explain`, z.unknown());
    assert.match(JSON.stringify(story), /spengler \(Slack\): in #ops/);

    await post(new Date().toISOString());
    await eventually(async () => assert.deepEqual(await firing(), []));
    assert.match(JSON.stringify(await press(open, "acknowledge")), /Nothing of it fires any more/);
  });
});
