import assert from "node:assert/strict";
import { test } from "node:test";
import { loadConfig } from "@sightline/alertmanager/config/config";
import { fromAlertmanager } from "./from-alertmanager.ts";
import { createIntegration } from "./integrations.ts";
import { json, startLoopback, text } from "./testing/loopback.ts";
import { sampleTelling, testRim } from "./testing/sample.ts";

/** The channels of a configuration with one receiver. */
function channelsOf(receiver: string, files: Readonly<Record<string, string>> = {}) {
  const indented = receiver.trim().replaceAll("\n", "\n  ");
  const config = loadConfig(`route: {receiver: ops}\nreceivers:\n- name: ops\n  ${indented}\n`);
  return config.receivers.flatMap(({ integrations }) => integrations.map((one) => fromAlertmanager(one, files)));
}

test("every kind of a configuration can be set up", () => {
  const channels = channelsOf(`
discord_configs: [{webhook_url: "https://discord.example/x"}]
email_configs: [{to: a@example.org, from: b@example.org, smarthost: "mail.example.org:587", tls_config: {server_name: mail}, threading: {enabled: true, thread_by_date: daily}}]
incidentio_configs: [{url: "http://x", alert_source_token: t}]
jira_configs: [{api_url: "http://x/rest/api/2", project: P, issue_type: Bug, summary: s, fields: {customfield_1: {value: v}}}]
mattermost_configs: [{webhook_url: "http://x", attachments: [{text: t, fields: [{title: a, value: b}]}], priority: {priority: urgent}}]
msteams_configs: [{webhook_url: "http://x"}]
msteamsv2_configs: [{webhook_url: "https://teams.example/x"}]
opsgenie_configs: [{api_key: k, responders: [{name: ops, type: team}], details: {configFile: "no file"}}]
pagerduty_configs: [{routing_key: k, details: {emptyRef: ""}, links: [{href: "http://x", text: y}]}, {service_key: k}]
pushover_configs: [{user_key: u, token: t, retry: 30s}]
rocketchat_configs: [{token_id: i, token: t, actions: [{type: button, text: t}], fields: [{title: a, value: b}]}]
slack_configs: [{api_url: "https://slack.example/x", fields: [{title: a, value: b}], actions: [{type: button, text: t, url: "http://x"}]}]
sns_configs: [{sigv4: {region: eu-west-1, access_key: a, secret_key: s}, topic_arn: arn}]
telegram_configs: [{bot_token: t, chat_id: -42, parse_mode: ""}]
victorops_configs: [{api_key: k, routing_key: r, custom_fields: {a: b}}]
webex_configs: [{room_id: r, http_config: {authorization: {credentials: c}}}]
wechat_configs: [{api_secret: s, corp_id: c}]
webhook_configs: [{url: "https://hook.example/{{ .GroupLabels.x }}", max_alerts: 3, timeout: 5s}]`);
  for (const { kind, settings } of channels) createIntegration(kind, settings, testRim());
  assert.equal(channels.length, 19);
});

test("what Alertmanager does not know can be set up too", () => {
  const channels = channelsOf(`
slack_configs: [{app_token: xoxb, channel: "#ops"}]
webhook_configs: [{url: "https://hook.example/x"}]
pagerduty_configs: [{routing_key: k}]
email_configs: [{to: a@example.org, from: b@example.org, smarthost: "mail.example.org:587"}]
sightline:
  escalation: payments
  console:
  metrics: {send_resolved: false}
  github: {token: t, owner: acme, repo: ops, labels: [], title: "{{ .Status }}", http_config: {authorization: {credentials: c}}}
  sentry: {dsn: "https://key@sentry.example/1"}
  slack: {thread: true, layout: blocks, mention_users: [U012AB]}
  webhook: {signing_secret: whsec_eA==}
  pagerduty: {severity_from_labels: true}
  email: {attach_alerts: true}`);
  const kinds = channels.map(({ kind, settings }) => createIntegration(kind, settings, testRim()).kind);
  const own = ["console", "github", "metrics", "sentry", "escalation"];
  assert.deepEqual(kinds, ["webhook", "email", "pagerduty", "slack", ...own]);
  const of = (kind: string) => channels.find((channel) => channel.kind === kind)?.settings;
  assert.partialDeepStrictEqual(of("slack"), { thread: true, layout: "blocks", mentionUsers: ["U012AB"] });
  assert.partialDeepStrictEqual(of("webhook"), { signingSecret: "whsec_eA==" });
  assert.partialDeepStrictEqual(of("github"), { title: "{{ .Status }}", labels: [] });
});

test("what a configuration says of HTTP is done", async () => {
  await using receiver = await startLoopback(text(200));
  const [webhook] = channelsOf(`
webhook_configs:
- url: ${receiver.url}/x
  send_resolved: false
  http_config:
    basic_auth: {username: me, password: s3cret}
    http_headers: {X-Mine: {values: [a, b], secrets: [c]}}
    tls_config: {insecure_skip_verify: true}`);
  assert.ok(webhook !== undefined);
  const integration = createIntegration(webhook.kind, webhook.settings, testRim());
  assert.equal(integration.sendResolved, false);
  await integration.send(sampleTelling());
  const { authorization, "x-mine": mine } = receiver.received[0]?.headers ?? {};
  assert.deepEqual([authorization, mine], ["Basic bWU6czNjcmV0", "a, b, c"]);
});

test("a token of Slack's is sent to Slack's API", async () => {
  await using receiver = await startLoopback(json(200, { ok: true, channel: "C1", ts: "1.2" }));
  const [slack] = channelsOf(`
slack_configs:
- {app_token: xoxb-1, app_url: "${receiver.url}/api/chat.postMessage", channel: "#ops", title: ""}`);
  assert.ok(slack !== undefined);
  await createIntegration(slack.kind, slack.settings, testRim()).send(sampleTelling());
  const [got] = receiver.received;
  assert.deepEqual([got?.path, got?.headers.authorization], ["/api/chat.postMessage", "Bearer xoxb-1"]);
  assert.equal(JSON.parse(got?.body ?? "").attachments[0].title, "", "what is set to nothing is nothing");
});

test("what is not done here is refused by its name, and why", () => {
  const f = (config: string, want: RegExp) =>
    assert.throws(() => channelsOf(`webhook_configs: [{url: "http://x", http_config: {${config}}}]`), want);
  f("proxy_from_environment: true", /cannot use proxy_from_environment of webhook_configs: got one, want proxy_url/);
  const socks = /cannot use proxy_url of webhook_configs: got socks5:, want http: or https:/;
  f('proxy_url: "socks5://me:s3cret@proxy:1080"', socks);
  f('oauth2: {client_id: a, token_url: "http://x", proxy_url: "socks5://proxy:1080"}', socks);
  f(
    'oauth2: {client_id: a, token_url: "http://x", grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer"}',
    /cannot use grant_type of webhook_configs: got one, want client_credentials/,
  );
  f("basic_auth: {username: a, password_ref: b}", /cannot use password_ref .*there is no store of secrets/);
});

test("no file of this host is read: their texts are sent along", () => {
  const path = import.meta.filename;
  const receiver = `webhook_configs: [{url_file: "${path}"}]`;
  const want = new RegExp(`cannot use url_file of webhook_configs: got "${path}", want its text sent along`);
  assert.throws(() => channelsOf(receiver), want);
  assert.throws(() => channelsOf(receiver, { [path]: " \n" }), /got an empty file/);
});

test("what files say holds as if it were written", async () => {
  await using receiver = await startLoopback(text(200));
  const files = {
    "/run/url": `${receiver.url}/from-file\n`,
    "/run/password": "s3cret\n",
    "/run/user": "me\n",
    "/run/header": "h1\n",
    "/run/token": "xoxb-1",
  };
  const [webhook, slack] = channelsOf(
    `
webhook_configs:
- url_file: /run/url
  http_config:
    basic_auth: {username_file: /run/user, password_file: /run/password}
    http_headers: {X-Mine: {values: [a], files: [/run/header]}}
slack_configs:
- {app_token_file: /run/token, app_url: "${receiver.url}/api/chat.postMessage", channel: "#ops"}`,
    files,
  );
  assert.ok(webhook !== undefined && slack !== undefined);
  await createIntegration(webhook.kind, webhook.settings, testRim()).send(sampleTelling());
  await createIntegration(slack.kind, slack.settings, testRim()).send(sampleTelling());
  assert.deepEqual(
    receiver.received.map(({ path, headers }) => [path, headers.authorization, headers["x-mine"]]),
    [
      ["/from-file", "Basic bWU6czNjcmV0", "a, h1"],
      ["/api/chat.postMessage", "Bearer xoxb-1", undefined],
    ],
  );
});
