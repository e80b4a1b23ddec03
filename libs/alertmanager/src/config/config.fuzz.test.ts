import assert from "node:assert/strict";
import { test } from "node:test";
import { fuzzCases, fuzzRandom } from "@sightline/testkit/fuzz";
import type { Random } from "@sightline/testkit/random";
import { loadConfig, printConfig, readConfig } from "./config.ts";
import { hideSecrets, restoreSecrets } from "./hidden-secrets.ts";
import { revealed } from "./testing/revealed.ts";

const seed = `
global: &g
  resolve_timeout: 5m
  smtp_smarthost: 'localhost:25'
  smtp_from: a@example.org
  slack_api_url: 'http://slack.example.org/x'
  opsgenie_api_key: x
  http_config: {proxy_url: 'http://me:hush@proxy:1', tls_config: {min_version: TLS12}}
route:
  receiver: all
  group_by: [alertname]
  group_wait: 1m30s
  routes:
  - matchers: [a="b", 'c=~"x|y"']
    match_re: {service: ^(foo|bar)$}
    continue: yes
    mute_time_intervals: [nights]
    labels: {team: '{{ .GroupLabels.team }}'}
  - &r {match: {x: y}, repeat_interval: 2h}
inhibit_rules:
- {source_matchers: [severity="critical"], target_match: {severity: warning}, equal: [a, b]}
receivers:
- name: all
  labels: {kind: x}
  webhook_configs: [{url: 'http://x/{{ .Receiver }}', timeout: 10s, payload: {a: [1, 2.5, null, true]}}]
  email_configs: [{to: x, headers: {subject: y}, require_tls: no}]
  slack_configs: [{fields: [{title: a, value: b, short: off}], actions: [{type: button, text: x, url: y}]}]
  opsgenie_configs: [{responders: [{id: x, type: team}]}]
  pagerduty_configs: [{routing_key: hush, details: {a: b}}]
  telegram_configs: [&t {bot_token: x, chat_id: -100}, {<<: *t, parse_mode: ''}]
  jira_configs: [{api_url: 'https://x', project: y, issue_type: z, summary: {template: a, enable_update: false}}]
time_intervals:
- name: nights
  time_intervals: [{times: [{start_time: '22:00', end_time: '24:00'}], weekdays: ['monday:friday'], days_of_month: ['-1'], location: Europe/Berlin}]
templates: ['*.tmpl']
`;

const pieces = [
  ..."null ~ yes 0 -1 1.5 5m *g *r *t &x !!str !!int !!binary << : - ? | > [ ] { } ' \" # % @ ` \\ \t <secret> {{ }} é 💥".split(
    " ",
  ),
  ..."\u0000 \u0085 \ufeff '' [] {} {x: *x} --- ... &x *x key: route: receivers: name: http_config: matchers:".split(
    " ",
  ),
  "\n",
  "\n  ",
  "\n- ",
  ": ",
];

function mutate(random: Random): string {
  let text = seed;
  for (let change = random.below(2); change >= 0; change--) {
    const at = random.below(text.length + 1);
    const piece = pieces[random.below(pieces.length)] ?? "";
    text = text.slice(0, at) + (random.below(3) === 0 ? "" : piece) + text.slice(at + random.below(6));
  }
  return text;
}

test("no text makes the reader fail but in words with a place, and what it takes it prints and shows without secrets", () => {
  const cases = fuzzCases(20_000) / 50;
  const random = fuzzRandom(1);
  let taken = 0;
  for (let i = 0; i < cases; i++) {
    const text = i === 0 ? seed : mutate(random);
    const what = `case ${i}: ${text}`;
    const result = readConfig(text);
    if (!result.ok) {
      assert.ok(result.problems.length > 0, what);
      for (const { line, column, message } of result.problems) {
        assert.ok(line >= 1 && column >= 1 && message !== "", what);
      }
      continue;
    }
    taken++;
    const printed = printConfig(result.config);
    const again = readConfig(printed);
    assert.ok(again.ok, `${what}\n${printed}\n${JSON.stringify(again)}`);
    assert.equal(printConfig(again.config), printed, what);
    if (text.includes("<secret>")) continue;
    const restored = restoreSecrets(hideSecrets(text), text).source;
    assert.deepEqual(revealed(loadConfig(restored)), revealed(result.config), what);
  }
  assert.ok(taken > cases / 40, `${taken} of ${cases} were taken`);
});
