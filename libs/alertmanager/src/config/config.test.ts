// Cases of Alertmanager's own tests (Apache-2.0), config/config_test.go of v0.34.2, and of ours.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { inspect } from "node:util";
import { loadConfig, printConfig } from "./config.ts";
import { DEFAULT_CONFIG_LIMITS } from "./config-limits.ts";
import { faultsOf, withIntegration } from "./testing/faults.ts";

const receivers = "receivers: [{name: a}]";

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

describe("what is printed", () => {
  it("keeps texts apart from numbers, flags and nothing", () => {
    const texts =
      "yes No on y n ~ null Null 0x1f 010 0o7 1_000 0b11 1e3 .5 .inf 2024-01-01 1:30 = << . - # & * ! | > @ ` %".split(
        " ",
      );
    const values = [...texts, "", " a ", "a: b", "a #b", "[", "{", "'", '"', "\n", "\u0085", "💥", true, 1, 0.5, null];
    const config = loadConfig(withIntegration("webhook", `{url: 'http://x', payload: ${JSON.stringify(values)}}`));
    const [integration] = loadConfig(printConfig(config)).receivers[0]?.integrations ?? [];
    assert.deepEqual(integration?.kind === "webhook" ? integration.config.payload : undefined, values);
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
