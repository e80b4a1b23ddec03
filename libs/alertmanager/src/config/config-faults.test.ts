// Cases of Alertmanager's own tests (Apache-2.0), config/config_test.go of v0.34.2, and of ours.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { AppError } from "@sightline/errors/app-error";
import { loadConfig } from "./config.ts";
import { faultsOf } from "./testing/faults.ts";

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
    [`route: {receiver: a, continue: perhaps}`, ['1:32: got "perhaps", want true or false']],
    [`route: {receiver: a, continue: "true"}`, ['1:32: got "true", want true or false']],
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
