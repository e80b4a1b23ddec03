import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createRandom, type Random } from "@sightline/testkit/random";
import { loadConfig } from "./config.ts";
import { hideSecrets, restoreSecrets } from "./hidden-secrets.ts";
import { revealed } from "./testing/revealed.ts";

const restored = (draft: string, kept: string) => restoreSecrets(draft, kept).source;
const withReceivers = (receivers: string, more = "") => `route: { receiver: a }\nreceivers:\n${receivers}\n${more}`;
const withKey = (key: string) =>
  withReceivers(`- name: a\n  opsgenie_configs:\n  - api_key: ${key}\n    note: here # seen`);

/** How a secret may be written, and what is to be seen of it. */
const writings: readonly (readonly [how: string, written: string, shown: string])[] = [
  ["plain", "hush # why", "<secret> # why"],
  ["a number", "0123_4", "<secret>"],
  ["a word of YAML", "yes", "<secret>"],
  ["in single quotes", "'hu''sh: #'", "'<secret>'"],
  ["in double quotes", '"hu\\"sh\\n\\u0085\\ud83d #"', '"<secret>"'],
  ["nothing in quotes that is no secret", "''\n    api_key_file: x", "''\n    api_key_file: x"],
  ["a text that means null without quotes", '"null"', '"<secret>"'],
  ["over two lines", "hush\n      and hush", "<secret>"],
  ["over two lines in quotes", "'hush\n\n      and hush' # why", "'<secret>' # why"],
  ["a literal block", "| # why\n      hush\n      # hush\n\n    # next", "<secret> # why\n\n    # next"],
  ["a folded block", ">-\n      hush\n      hush", "<secret>"],
  ["a block that keeps its end", "|+\n      hush\n\n", "<secret>"],
  ["with a tag", "!!str 'hush'", "!!str '<secret>'"],
  ["in base64", "!!binary aHVzaMO8", "!!binary PHNlY3JldD4="],
  ["with a name", "&key hush", "&key <secret>"],
  ["with a name and a tag", '&key !!str "hush"', '&key !!str "<secret>"'],
  ["with other characters", '"hüsh 🤫"', '"<secret>"'],
];

describe("an alertmanager.yml that is shown", () => {
  for (const [how, written, shown] of writings) {
    it(`hides a secret that is written ${how}, and gives it back`, () => {
      const source = withKey(written);
      const hidden = hideSecrets(source);
      assert.equal(hidden, withKey(shown));
      const again = restored(hidden, source);
      assert.deepEqual(revealed(loadConfig(again)), revealed(loadConfig(source)));
    });
  }

  it("is as it was written but for the secrets", () => {
    const source = `# Ours.\r
global: { resolve_timeout: 5m, slack_api_url: 'https://hooks.slack.com/T/hush' } # all of them\r
route: {receiver: 'a'}\r
\r
receivers:   # two\r
- name: a\r
  slack_configs: [{channel: "#a"}, {channel: '#b', api_url: 'https://slack.com/api/chat.postMessage', http_config: {authorization: {credentials: hush}}}]\r
`;
    const hidden = hideSecrets(source);
    assert.equal(
      hidden,
      source.replace("https://hooks.slack.com/T/hush", "<secret>").replace(": hush}", ": <secret>}"),
    );
    assert.equal(restored(hidden, source), source);
  });

  it("shows URLs without their passwords", () => {
    const source = withReceivers(`- name: a
  webhook_configs:
  - url: https://example.org/hush
    http_config: { proxy_url: 'http://me:hu''sh@proxy:3128' }
  jira_configs: [{ api_url: "https://me@ours:hush@jira.example.org/", project: a, issue_type: b }]`);
    const hidden = hideSecrets(source);
    assert.doesNotMatch(hidden, /hu'*sh/);
    assert.match(hidden, /url: <secret>\n.*'http:\/\/me:xxxxx@proxy:3128'[\s\S]*"https:\/\/me@ours:xxxxx@jira/);
    assert.equal(restored(hidden, source), source);
    const moved = hidden.replace("@proxy", "@other");
    assert.throws(() => restored(moved, source), /6:31: got "http:\/\/me:xxxxx@other:3128", want the password itself/);
  });

  it("replaces a secret with a name once, wherever it is used", () => {
    const source = withReceivers(`- &r
  name: a
  opsgenie_configs: [&o { api_key: &key hush }, { <<: *o, note: x }]
- name: b
  pagerduty_configs: [{ routing_key: *key }]`);
    const hidden = hideSecrets(source);
    assert.equal(hidden, source.replace("hush", "<secret>"));
    assert.equal(restored(hidden, source), source);
    const apart = hidden.replace("*key", "<secret>");
    assert.equal(restored(apart, source), source.replace("*key", "hush"));
  });

  it("shows nothing that is not read, and no text that cannot be read", () => {
    const source = withKey("hush");
    assert.equal(hideSecrets(`${source}---\napi_key: hush\n`), withKey("<secret>"));
    for (const wrong of [
      "",
      "# hush",
      "global: [",
      "global: { api_key: hush }",
      "global: { opsgenie_api_key: {a: hush} }",
    ]) {
      assert.throws(() => hideSecrets(wrong), { code: "invalid_argument" }, wrong);
    }
  });
});

const one = (name: string, ...hooks: string[]) =>
  `- name: ${name}\n  webhook_configs:\n${hooks.map((hook) => `  - ${hook}\n`).join("")}`;
const url = (name: string) => `{ url: 'https://example.org/${name}' }`;
const many = (name: string, secret: string) => `{ url: ${secret}, max_alerts: ${name} }`;
const hidden = "{ url: '<secret>' }";

/** What is kept, what is put, and what is to become of it: the URLs, or the place of one that is not known. */
const changes: readonly (readonly [what: string, kept: string, draft: string, want: readonly string[] | RegExp])[] = [
  [
    "another order of receivers",
    one("a", url("x")) + one("b", url("y")),
    one("b", hidden) + one("a", hidden),
    ["y", "x"],
  ],
  ["a receiver less", one("a", url("x")) + one("b", url("y")), one("b", hidden), ["y"]],
  ["a receiver of another name", one("a", url("x")), one("c", hidden), /^5:12: got "<secret>", want the secret itself/],
  ["an integration more", one("a", url("x"), url("y")), one("a", url("z"), hidden, hidden), ["z", "x", "y"]],
  ["one of two that look alike", one("a", url("x"), url("y")), one("a", hidden), /^5:12: /],
  [
    "one that was changed",
    one("a", url("x"), url("y")),
    one("a", "{ url: '<secret>', max_alerts: 1 }", hidden),
    ["x", "y"],
  ],
  ["a secret that was changed", one("a", url("x"), url("y")), one("a", url("z"), hidden), ["z", "y"]],
  [
    "one less, and another order",
    one("a", many("1", "http://x"), many("2", "http://y"), many("3", "http://z")),
    one("a", many("3", "<secret>"), many("1", "<secret>")),
    ["z", "x"],
  ],
  ["more than there are", one("a", url("x")), one("a", hidden, hidden), /^5:12: .*\n6:12: /],
  ["what was lost before", one("a", hidden), one("a", hidden), /nothing is kept there/],
  ["a kind that was not there", one("a"), one("a", hidden), /^5:12: /],
];

describe("a draft of an alertmanager.yml", () => {
  for (const [what, kept, draft, want] of changes) {
    it(`gets back the secrets that are kept: ${what}`, () => {
      const source = (receivers: string) =>
        `route: { receiver: ${/a$/m.test(receivers) ? "a" : "b"} }\nreceivers:\n${receivers}`;
      const restore = () => restored(source(draft), source(kept));
      if (want instanceof RegExp) {
        assert.throws(restore, ({ message }: Error) => want.test(message.replace(/^.*configuration: /, "")));
        return;
      }
      const urls = [...restore().matchAll(/url: '?https?:[^ ']*?(\w+)'?[ ,]/g)].map(([, name]) => name);
      assert.deepEqual(urls, want);
    });
  }

  it("comes back as it is where nothing in it is hidden, whatever is wrong with it", () => {
    for (const draft of [
      withKey("hush"),
      withKey("&x hush"),
      "",
      "route: [",
      "- <secret>",
      "a: *b",
      withKey("{a: <secret>}"),
    ]) {
      assert.equal(restored(draft, withKey("other")), draft);
    }
  });

  it("has no secret where it would be seen", () => {
    const source = withKey("hush");
    const named = withKey("&key <secret>");
    const places = [
      named.replace("receiver: a", "receiver: a, group_by: [*key]").replace(/^(.*)\n([\s\S]*)$/, "$2\n$1"),
      `${named}\n- { name: b, webhook_configs: [{ url: https://example.org, payload: { x: [*key] } }] }`,
      `${named}\n- { name: *key }`,
      `${named}\n- { name: b, labels: { *key : x } }`,
      named.replace("note: here", "note: *key"),
    ];
    for (const draft of places) {
      assert.throws(
        () => restoreSecrets(draft, source),
        /\d+:19: got "<secret>", want the secret itself: its name is used/,
      );
    }
  });

  it("tells which secrets it has of what is kept, and where", () => {
    const source = withReceivers("- name: a\n  opsgenie_configs:\n  - api_key: hush\n  - api_key: other");
    const draft = hideSecrets(source).replace("<secret>", "mine");
    assert.deepEqual(restoreSecrets(draft, source).taken, [
      { text: "other", at: { line: 6, column: 14 }, shown: "<secret>" },
    ]);
  });

  it("gets its secrets back although something else is wrong with it", () => {
    const wrong = `${withKey("<secret>")}\nnonsense: 1\n`;
    assert.equal(restored(wrong, withKey("hush")), `${withKey("hush")}\nnonsense: 1\n`);
  });
});

const characters = [..."aZ09 :#,[]{}&*!|>'\"%@`~?-=<\\/\t\n\u0000\u0007\u0085\u2028\ufeffé🤫"];

function anyText(random: Random): string {
  return Array.from({ length: 1 + random.below(8) }, () => characters[random.below(characters.length)]).join("");
}

/** A text in one of YAML's ways to write it: not all can say all, and what one cannot say another one does. */
function writtenSomehow(text: string, random: Random): string {
  const ways = [JSON.stringify(text), JSON.stringify(text)];
  if (!/[\p{C}\p{Zl}\p{Zp}]/u.test(text)) ways.push(`'${text.replaceAll("'", "''")}'`);
  if (/^[a-z0-9]+$/i.test(text)) ways.push(text);
  return ways[random.below(ways.length)] ?? "";
}

describe("what is shown and put again", () => {
  it("means the same, whatever the secrets are", () => {
    const random = createRandom(Number(process.env["SIGHTLINE_FUZZ_SEED"] ?? 1));
    for (let i = 0; i < 300; i++) {
      const secrets = Array.from({ length: 5 }, () => writtenSomehow(anyText(random), random));
      const [password, token, header, connect, signing] = secrets;
      const source = withReceivers(
        `- name: a
  sightline: { webhook: { signing_secret: ${signing} } }
  webhook_configs:
  - url: https://example.org/
    http_config:
      basic_auth: {username: me, password: ${password}}
      http_headers: {X-One: {secrets: [${header}, ${token}]}}
      proxy_url: http://me:${i}@proxy
      proxy_connect_header:
        ? X-Two
        : - ${connect}`,
        `global: {telegram_bot_token: ${token}, rocketchat_token: ${header}}`,
      );
      const shown = hideSecrets(source);
      const again = restored(shown, source);
      assert.deepEqual(revealed(loadConfig(again)), revealed(loadConfig(source)), `${source}\n${again}`);
      assert.equal(hideSecrets(again), shown, source);
    }
  });
});
