// Cases of Alertmanager's own tests (Apache-2.0), config/notifiers_test.go and those of notify of v0.34.2, and of ours.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readConfig } from "../config.ts";
import { faultsOf, withIntegration } from "../testing/faults.ts";

describe("an integration that is wrong", () => {
  const http = "http_config: {authorization: {credentials: x}}";
  const cases: [kind: string, settings: string, message: string][] = [
    ["discord", "{}", "one of webhook_url or webhook_url_file must be configured"],
    [
      "discord",
      "{webhook_url: 'http://x', webhook_url_file: y}",
      "at most one of webhook_url & webhook_url_file must be configured",
    ],
    ["email", "{to: ''}", "missing to address in email config"],
    ["email", "{to: x, headers: {Subject: a, subject: b}}", 'duplicate header "Subject" in email config'],
    ["email", "{to: x}", "no global SMTP smarthost set"],
    ["email", "{to: x, smarthost: 'x:25'}", "no global SMTP from set"],
    [
      "email",
      "{to: x, threading: {enabled: true, thread_by_date: weekly}}",
      "threading.thread_by_date must be either 'none' or 'daily'",
    ],
    [
      "email",
      "{to: x, headers: {references: y}, threading: {enabled: true, thread_by_date: none}}",
      "conflicting configuration: threading.enabled conflicts with custom References header",
    ],
    ["incidentio", "{}", "one of url or url_file must be configured"],
    ["incidentio", "{url: 'http://x', url_file: y}", "at most one of url & url_file must be configured"],
    [
      "incidentio",
      `{url: 'http://x', alert_source_token: y, ${http}}`,
      "cannot specify alert_source_token or alert_source_token_file when using http_config.authorization",
    ],
    [
      "incidentio",
      "{url: 'http://x', http_config: {}}",
      "at least one of alert_source_token, alert_source_token_file or http_config.authorization must be configured",
    ],
    ["jira", "{issue_type: x}", "missing project in jira_config"],
    ["jira", "{project: x}", "missing issue_type in jira_config"],
    ["jira", "{project: x, issue_type: y}", "no global Jira Cloud URL set"],
    [
      "jira",
      "{project: x, issue_type: y, api_type: z}",
      "unknown api_type on jira_config, must be auto, cloud or datacenter",
    ],
    ["mattermost", "{}", "missing webhook_url or webhook_url_file on mattermost_config"],
    [
      "mattermost",
      "{webhook_url: 'http://x', fields: [{title: x}]}",
      "missing value in Mattermost field configuration",
    ],
    ["msteams", "{}", "one of webhook_url or webhook_url_file must be configured"],
    ["msteamsv2", "{}", "one of webhook_url or webhook_url_file must be configured"],
    [
      "opsgenie",
      "{api_key: x, responders: [{type: team}]}",
      "opsGenieConfig responder {   team} has to have at least one of id, username or name specified",
    ],
    [
      "opsgenie",
      "{api_key: x, responders: [{id: x, type: wrong}]}",
      "opsGenieConfig responder {x   wrong} type does not match valid options ^(team|teams|user|escalation|schedule)$",
    ],
    ["pagerduty", "{}", "missing service or routing key in PagerDuty config"],
    [
      "pagerduty",
      "{routing_key: x, routing_key_file: y}",
      "at most one of routing_key & routing_key_file must be configured",
    ],
    ["pushover", "{token: x}", "one of user_key or user_key_file must be configured"],
    ["pushover", "{user_key: x}", "one of token or token_file must be configured"],
    [
      "pushover",
      "{user_key: x, token: y, html: true, monospace: true}",
      "at most one of monospace & html must be configured",
    ],
    ["slack", "{api_url: 'http://x', actions: [{text: x, url: y}]}", "missing type in Slack action configuration"],
    [
      "slack",
      "{api_url: 'http://x', actions: [{type: x, text: y}]}",
      "missing name or url in Slack action configuration",
    ],
    ["slack", "{api_url: 'http://x', fields: [{value: x}]}", "missing title in Slack field configuration"],
    ["slack", `{app_token: x, ${http}}`, "http authorization can't be set when using Slack App tokens"],
    [
      "sns",
      "{sigv4: {access_key: x}, topic_arn: y}",
      "must provide a AWS SigV4 Access key and Secret Key if credentials are specified in the SigV4 config",
    ],
    ["telegram", "{bot_token: x}", "missing chat_id or chat_id_file on telegram_config"],
    [
      "telegram",
      "{bot_token: x, chat_id: 1, parse_mode: y}",
      "unknown parse_mode on telegram_config, must be Markdown, MarkdownV2, HTML or empty string",
    ],
    ["victorops", "{api_key: x}", "missing Routing key in VictorOps config"],
    [
      "victorops",
      "{api_key: x, routing_key: y, custom_fields: {entity_state: z}}",
      "victorOps config contains custom field entity_state which cannot be used as it conflicts with the fixed/static fields",
    ],
    ["webex", `{${http}}`, "missing room_id on webex_config"],
    ["webex", "{room_id: x}", "missing webex_configs.http_config.authorization"],
    ["webhook", "{}", "one of url or url_file must be configured"],
    ["webhook", "{url: 'ftp://x'}", 'invalid URL: unsupported scheme "ftp" for URL'],
    [
      "webhook",
      "{url: 'http://x', http_config: {proxy_from_environment: true, proxy_url: 'http://x'}}",
      "if proxy_from_environment is configured, proxy_url must not be configured",
    ],
    [
      "webhook",
      "{url: 'http://x', http_config: {http_headers: {host: {values: [x]}}}}",
      'setting header "Host" is not allowed',
    ],
    [
      "webhook",
      "{url: 'http://x', http_config: {basic_auth: {}, bearer_token: x}}",
      "at most one of basic_auth, oauth2, bearer_token & bearer_token_file must be configured",
    ],
    [
      "webhook",
      "{url: 'http://x', http_config: {authorization: {type: basic}}}",
      'authorization type cannot be set to "basic", use "basic_auth" instead',
    ],
    ["webhook", "{url: 'http://x', http_config: {oauth2: {client_id: x}}}", "oauth2 token_url must be configured"],
    [
      "webhook",
      "{url: 'http://x', http_config: {tls_config: {cert: x}}}",
      "exactly one of key or key_file must be configured when a client certificate is configured",
    ],
    [
      "wechat",
      "{api_secret: x, message_type: y}",
      'weChat message type "y" does not match valid options ^(text|markdown)$',
    ],
    ["wechat", "{api_secret: x}", "no global Wechat CorpID set"],
  ];
  for (const [kind, settings, message] of cases) {
    it(`${kind}: ${message}`, () => {
      const result = readConfig(withIntegration(kind, settings));
      assert.ok(!result.ok, "it was taken");
      assert.deepEqual([...new Set(result.problems.map((problem) => problem.message))], [message]);
      assert.equal(result.problems[0]?.line, 6);
    });
  }

  const empty: [kind: string, message: string][] = [
    ..."discord email incidentio pagerduty webhook pushover victorops sns telegram webex msteams msteamsv2 jira mattermost"
      .split(" ")
      .map((kind): [string, string] => [kind, `missing ${kind} config`]),
    ["slack", "no Slack API URL nor App token set either inline or in a file"],
    ["opsgenie", "no global OpsGenie API Key set either inline or in a file"],
    ["wechat", "no global Wechat Api Secret set either inline or in a file"],
    ["rocketchat", "no global Rocketchat TokenID set either inline or in a file"],
  ];
  for (const [kind, message] of empty) {
    it(`${kind} with nothing: ${message}`, () => {
      const result = readConfig(withIntegration(kind, ""));
      assert.ok(!result.ok);
      assert.equal(result.problems[0]?.message, message);
    });
  }

  it("has a template in a place that is looked at, and the template is wrong", () => {
    const [fault] = faultsOf(withIntegration("webhook", "{url: 'http://x/{{ .Invalid'}"));
    assert.match(fault ?? "", /^6:11: invalid template syntax: /);
    assert.deepEqual(faultsOf(withIntegration("webhook", "{url: '{{ .GroupLabels.alertname }}'}")), []);
    assert.deepEqual(faultsOf(withIntegration("webhook", "{url: <secret>}")), []);
  });
});
