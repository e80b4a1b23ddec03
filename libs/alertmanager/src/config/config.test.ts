// Cases of Alertmanager's own tests (Apache-2.0), config/config_test.go and notifiers_test.go of v0.34.2, and of ours.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { inspect } from "node:util";
import { AppError } from "@sightline/errors/app-error";
import { type ConfigOptions, DEFAULT_CONFIG_LIMITS, loadConfig, printConfig, readConfig } from "./config.ts";

/** What is wrong, as "line:column: message". */
function faultsOf(text: string, options: ConfigOptions = {}): string[] {
  const result = readConfig(text, options);
  return result.ok ? [] : result.problems.map(({ line, column, message }) => `${line}:${column}: ${message}`);
}

/** A configuration with one receiver that has one integration. */
function withIntegration(kind: string, settings: string, global = ""): string {
  return `global: {${global}}\nroute: {receiver: a}\nreceivers:\n- name: a\n  ${kind}_configs:\n  - ${settings}\n`;
}

const receivers = "receivers: [{name: a}]";

describe("a configuration that is wrong as a whole", () => {
  const cases: [text: string, faults: string[]][] = [
    ["", ["1:1: no route provided in config"]],
    ["# nothing\n", ["1:1: no route provided in config"]],
    [receivers, ["1:1: no routes provided"]],
    [`route: {group_wait: 30s}`, ["1:8: root route must specify a default receiver"]],
    [`route: {receiver: x}\nreceivers: [{name: x}, {name: x}]`, ['2:31: notification config name "x" is not unique']],
    [`route: {receiver: x}\nreceivers: [{name: y}]`, ['1:19: undefined receiver "x" used in route']],
    [
      `route:\n  receiver: a\n  routes:\n  - match: {foo: bar}\n    routes:\n    - match: {foo: bar}\n      receiver: nobody\n${receivers}`,
      ['7:17: undefined receiver "nobody" used in route'],
    ],
    [`route:\nreceivers:\n- name: ''`, ["3:3: missing name in receiver"]],
    [
      `route: {receiver: a}\nreceivers: [{name: a, labels: {name: b}}]`,
      ['2:23: receiver label "name" must match receiver name "a", got "b"'],
    ],
    [
      `route: {receiver: a, routes: [{mute_time_intervals: [x]}]}\n${receivers}`,
      ['1:54: undefined time interval "x" used in route'],
    ],
    [
      `route: {receiver: a, routes: [{active_time_intervals: [x]}]}\n${receivers}`,
      ['1:56: undefined time interval "x" used in route'],
    ],
    [
      `route: {receiver: a}\n${receivers}\ntime_intervals:\n- name:\n  time_intervals: []`,
      ["4:3: missing name in time interval"],
    ],
    [
      `route: {receiver: a}\n${receivers}\nmute_time_intervals: [{name: x}, {name: x}]\ntime_intervals: [{name: x}]`,
      ['3:41: mute time interval "x" is not unique', '4:25: time interval "x" is not unique'],
    ],
    [`route: {receiver: a, group_by: [a, b, a]}\n${receivers}`, ['1:8: duplicated label "a" in group_by']],
    [
      `route: {receiver: a, group_by: [a, ...]}\n${receivers}`,
      ["1:8: cannot have wildcard group_by (`...`) and other labels at the same time"],
    ],
    [`route: {receiver: a, matchers: [a=b]}\n${receivers}`, ["1:8: root route must not have any matchers"]],
    [`route: {receiver: a, match: {a: b}}\n${receivers}`, ["1:8: root route must not have any matchers"]],
    [
      `route: {receiver: a, mute_time_intervals: [x]}\n${receivers}\ntime_intervals: [{name: x}]`,
      ["1:43: root route must not have any mute time intervals"],
    ],
    [
      `route: {receiver: a, active_time_intervals: [x]}\n${receivers}\ntime_intervals: [{name: x}]`,
      ["1:45: root route must not have any active time intervals"],
    ],
    [`route: {receiver: a, continue: true}\n${receivers}`, ["1:32: cannot have continue in root route"]],
    [`route: {receiver: a, group_interval: 0s}\n${receivers}`, ["1:8: group_interval cannot be zero"]],
    [`route: {receiver: a, repeat_interval: 0s}\n${receivers}`, ["1:8: repeat_interval cannot be zero"]],
    [`route: {receiver: a, routes: [null]}\n${receivers}`, ["1:31: missing route"]],
    [`tracing: {}\nroute: {receiver: a}\n${receivers}`, ["1:10: tracing endpoint must be set"]],
  ];
  for (const [text, faults] of cases) {
    it(faults.join("; "), () => assert.deepEqual(faultsOf(text), faults));
  }
});

describe("a value that is wrong", () => {
  const cases: [text: string, faults: string[]][] = [
    [`route: {receiver: a}\n${receivers}\nfoo: bar`, ["3:1: field foo not found in the configuration"]],
    [`route: {receiver: a, receiver: b}\n${receivers}`, ["1:22: field receiver already set in route"]],
    [`route: [a]`, ["1:8: got a list, want a map: route"]],
    [`route: {receiver: [a]}`, ["1:19: got a list, want a single value"]],
    [`route: {receiver: a, continue: perhaps}`, ["1:32: got a single value, want true or false"]],
    [`route: {receiver: a, continue: "true"}`, ["1:32: got a single value, want true or false"]],
    [`route: {receiver: a, group_wait: 5}`, ['1:34: not a valid duration string: "5"']],
    [`route: {receiver: a, group_wait: ""}`, ["1:34: empty duration string"]],
    [`route: {receiver: a, group_wait: 5x}`, ['1:34: unknown unit "x" in duration "5x"']],
    [`route: {receiver: a, group_wait: 5m1h}`, ['1:34: not a valid duration string: "5m1h"']],
    [`route: {receiver: a, group_wait: 400y}`, ["1:34: duration out of range"]],
    [`route: {receiver: a, matchers: a=b}`, ["1:32: got a single value, want a list"]],
    [
      `route: {receiver: a, routes: [{matchers: ['a!b', 'c=~"("']}]}`,
      ["1:43: bad matcher format: a!b", "1:50: error parsing regexp: missing closing ): `(`"],
    ],
    [`route: {receiver: a, routes: [{match: {a-b: c}}]}`, ['1:39: invalid label name "a-b"']],
    [
      `route: {receiver: a, routes: [{match_re: {a: '['}}]}`,
      ["1:46: error parsing regexp: missing closing ]: `[`", '1:42: invalid regexp value for "a"'],
    ],
    [
      `route: {receiver: a}\n${receivers}\ninhibit_rules: [{equal: ['']}]`,
      ['3:17: invalid label name "" in equal list'],
    ],
    [`route: {receiver: a\n`, ["2:1: Flow map in block collection must be sufficiently indented and end with a }"]],
    [`route: *nobody`, ["1:8: unknown anchor 'nobody' referenced"]],
    [`global: {smtp_smarthost: localhost}`, ["1:26: address localhost: missing port in address"]],
    [`global: {smtp_smarthost: 'localhost:'}`, ['1:26: address "localhost:": port cannot be empty']],
    [`global: {smtp_smarthost: '::1:25'}`, ["1:26: address ::1:25: too many colons in address"]],
    [`global: {opsgenie_api_url: 'ftp://x'}`, ['1:28: unsupported scheme "ftp" for URL']],
    [`global: {opsgenie_api_url: 'http:///x'}`, ["1:28: missing host for URL"]],
    [`global: {opsgenie_api_url: 'http://x:y/'}`, ['1:28: parse "http://x:y/": invalid port ":y" after host']],
    [`global: {http_config: {tls_config: {min_version: TLS09}}}`, ["1:50: unknown TLS version: TLS09"]],
  ];
  for (const [text, faults] of cases) {
    it(faults.join("; "), () => assert.deepEqual(faultsOf(text), faults));
  }

  it("is told with all others, where each stands", () => {
    const text = `global: {resolve_timeout: x}\nroute: {receiver: 1, group_wiat: 5s}\nreceivers: [{name: a, webhook_configs: [{}]}]`;
    assert.deepEqual(faultsOf(text), [
      '1:27: not a valid duration string: "x"',
      "2:22: field group_wiat not found in route",
      "3:41: one of url or url_file must be configured",
    ]);
    assert.throws(
      () => loadConfig(text),
      (thrown) => {
        assert.ok(thrown instanceof AppError && thrown.code === "invalid_argument");
        assert.match(thrown.message, /^cannot read the configuration of Alertmanager: 1:27: .*\n2:22: .*\n3:41: /);
        return true;
      },
    );
  });

  it("is a label's name in the language of before", () => {
    const text = `route: {receiver: a, group_by: ['-invalid-'], labels: {'-invalid-': x}}\n${receivers}`;
    assert.deepEqual(faultsOf(text), []);
    assert.deepEqual(faultsOf(text, { matcherMode: "classic" }), [
      '1:8: invalid label name "-invalid-" in route labels',
      '1:8: invalid label name "-invalid-" in group_by list',
    ]);
  });
});

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

describe("a configuration that is right", () => {
  it("has a label with each receiver's name, and any others", () => {
    const text = `route: {receiver: x}\nreceivers: [{name: x, labels: {owning-team: y, kind: heartbeat}}]`;
    assert.deepEqual(loadConfig(text).receivers[0]?.labels, { "owning-team": "y", kind: "heartbeat", name: "x" });
  });

  it("has what YAML 1.1 means, anchors and merges", () => {
    const text = `
global: &g
  resolve_timeout: 1h
  smtp_require_tls: no
  smtp_from: 0123
route: {receiver: a, routes: [&r {continue: yes, matchers: [a=b]}, *r]}
receivers:
- name: a
  telegram_configs:
  - &t {bot_token: x, chat_id: -0x10, parse_mode: ''}
  - <<: *t
    chat_id: 1_000
    message: !!str 12
`;
    const {
      global,
      route,
      receivers: [receiver],
    } = loadConfig(text);
    assert.equal(global.resolveTimeoutMs, 3_600_000);
    assert.equal(global.smtpRequireTls, false);
    assert.equal(global.smtpFrom, "0123");
    assert.deepEqual(
      route.routes.map((one) => one.continue),
      [true, true],
    );
    const told = receiver?.integrations.map((one) =>
      one.kind === "telegram" ? [one.config.chatId, one.config.message] : [],
    );
    assert.deepEqual(told, [
      [-16, '{{ template "telegram.default.message" . }}'],
      [1000, "12"],
    ]);
  });

  it("tells integrations by kind and place, in Alertmanager's order", () => {
    const text = `route: {receiver: a}
receivers:
- name: a
  slack_configs: [{api_url: 'http://x'}, {api_url: 'http://y'}]
  webhook_configs: [{url: 'http://x'}]
`;
    const [receiver] = loadConfig(text).receivers;
    assert.deepEqual(
      receiver?.integrations.map(({ kind, index }) => `${kind}[${index}]`),
      ["webhook[0]", "slack[0]", "slack[1]"],
    );
  });

  it("knows the proxy of all in Teams' settings that have none", () => {
    const settings = (own: string) =>
      loadConfig(
        withIntegration("msteamsv2", `{webhook_url: 'http://x'${own}}`, "http_config: {proxy_url: 'http://p:1'}"),
      ).receivers[0]?.integrations[0];
    const proxyOf = (own: string) => {
      const integration = settings(own);
      return integration?.kind === "msteamsv2" ? integration.config.httpConfig.proxyUrl?.reveal() : undefined;
    };
    assert.equal(proxyOf(""), "http://p:1");
    assert.equal(proxyOf(", http_config: {follow_redirects: true}"), "http://p:1");
    assert.equal(proxyOf(", http_config: {proxy_url: 'http://q:2'}"), "http://q:2");
  });

  it("ignores where Alertmanager's own traces and events go", () => {
    const text = `
tracing: {endpoint: 'localhost:4317', insecure: true}
event_recorder:
  webhook_outputs:
  - url: https://stream-id.ingest.example.com
    batch: true
    http_config: {authorization: {credentials_file: pipeline-token}}
route: {receiver: a}
${receivers}`;
    assert.deepEqual(faultsOf(text), []);
  });

  it("notes matchers that will be read otherwise one day", () => {
    const text = `route: {receiver: a, routes: [{matchers: ['foo=!bar']}]}\n${receivers}`;
    assert.deepEqual(loadConfig(text).notes, [
      { line: 1, column: 43, kind: "classic_only", input: "foo=!bar", suggestion: 'foo="!bar"' },
    ]);
  });
});

describe("secrets", () => {
  const text = `
global: {http_config: {proxy_url: 'http://me:hush@proxy:1', authorization: {credentials: hush}}}
route: {receiver: a}
receivers:
- name: a
  webhook_configs: [{url: 'http://x/hush'}]
  pagerduty_configs: [{routing_key: hush, url: 'http://me:hush@y/'}]
  telegram_configs: [{bot_token: hush, chat_id: 1}]
  slack_configs: [{app_token: hush, http_config: {http_headers: {X-Key: {secrets: [hush]}}}}]
`;

  it("are not printed", () => {
    const config = loadConfig(text);
    const printed = printConfig(config);
    assert.doesNotMatch(printed, /hush/);
    assert.match(printed, /proxy_url: http:\/\/me:xxxxx@proxy:1/);
    assert.equal(config.original.reveal(), text);
    assert.doesNotMatch(inspect(config, { depth: 20 }).replaceAll("http://me:hush@y/", ""), /hush/);
    assert.doesNotMatch(JSON.stringify(config).replaceAll("http://me:hush@y/", ""), /hush/);
  });

  it("are not in what is said against them", () => {
    for (const wrong of ["webhook_configs: [{url: 'http://x:hush'}]", "discord_configs: [{webhook_url: 'hush://x'}]"]) {
      const faults = faultsOf(`route: {receiver: a}\nreceivers:\n- name: a\n  ${wrong}`);
      assert.equal(faults.length > 0, true);
      assert.doesNotMatch(faults.join(), /x:hush/);
    }
  });

  it("stand for themselves when what was printed is read again", () => {
    const printed = printConfig(loadConfig(text));
    assert.equal(printConfig(loadConfig(printed)), printed);
  });
});

describe("bounds", () => {
  const withLimits = (limits: Partial<typeof DEFAULT_CONFIG_LIMITS>) => ({
    limits: { ...DEFAULT_CONFIG_LIMITS, ...limits },
  });
  const right = `route: {receiver: a, routes: [{}, {routes: [{}]}]}\n${receivers}`;

  it("are kept", () => {
    assert.deepEqual(faultsOf(right, withLimits({ maxRoutes: 4, maxReceivers: 1 })), []);
    assert.deepEqual(faultsOf(right, withLimits({ maxRoutes: 3 })), ["1:8: got 4 routes, want at most 3"]);
    assert.deepEqual(faultsOf(right, withLimits({ maxReceivers: 0 })), ["2:12: got 1 receivers, want at most 0"]);
    assert.deepEqual(faultsOf(right, withLimits({ maxBytes: 10 })), [
      "1:1: the text is too long: got 73 bytes, want at most 10",
    ]);
    assert.deepEqual(faultsOf(right, withLimits({ maxDepth: 4 })), [
      "1:36: maps and lists stand too deep in each other",
    ]);
  });

  it("hold for what aliases blow up", () => {
    const levels = Array.from({ length: 20 }, (_, level) => `- &a${level} {routes: [${`*a${level - 1},`.repeat(9)}]}`);
    levels[0] = "- &a0 {continue: true}";
    const text = `route:\n  receiver: a\n  routes:\n  ${levels.join("\n  ")}\n${receivers}`;
    assert.match(
      faultsOf(text, withLimits({ maxValues: 20_000 }))[0] ?? "",
      /there are more than 20000 values, with those of aliases$/,
    );
  });

  it("hold for what stands very deep, and for what contains itself", () => {
    for (const text of ["[".repeat(4000), `route: ${"{routes: [".repeat(2000)}`, "- ".repeat(8000)]) {
      assert.match(faultsOf(text)[0] ?? "", /too deep/);
    }
    assert.deepEqual(faultsOf("route: &r {routes: [*r]}"), ["1:21: anchor 'r' value contains itself"]);
  });
});
