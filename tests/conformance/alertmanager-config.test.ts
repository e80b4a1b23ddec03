// The reader's outside judge: the configurations that Alertmanager itself is tested with. What is to come of each is from its
// config/config_test.go.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, it } from "node:test";
import { loadConfig, printConfig, readConfig } from "../../libs/alertmanager/src/config/config.ts";
import { filesNamedBy } from "../../libs/alertmanager/src/config/file-texts.ts";
import { hideSecrets, restoreSecrets } from "../../libs/alertmanager/src/config/hidden-secrets.ts";
import { revealed } from "../../libs/alertmanager/src/config/testing/revealed.ts";
import { createDrafts } from "../../services/alerter/src/alertmanager/drafts.ts";
import { testRim } from "../../services/alerter/src/channels/testing/sample.ts";
import { activate } from "../../services/alerter/src/dispatch/activate.ts";

const folder = resolve(import.meta.dirname, "../../../shared/data/alertmanager-config");
const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".yml")) : [];
const skip = files.length === 0 ? `not here: ${folder}` : false;

/** What is said against those that are refused. All others are taken. */
const refused: Readonly<Record<string, string>> = {
  "mattermost-both-webhook-url-and-file":
    "at most one of mattermost_webhook_url & mattermost_webhook_url_file must be configured",
  "mattermost-no-webhook-url": "missing webhook_url or webhook_url_file on mattermost_config",
  "mattermost-valid-receiver-both-webhook-url-and-file":
    "at most one of mattermost_webhook_url & mattermost_webhook_url_file must be configured",
  "nil-match_re-route": 'invalid regexp value for "invalid_label"',
  "nil-source_match_re-inhibition": 'invalid regexp value for "invalid_source_label"',
  "nil-target_match_re-inhibition": 'invalid regexp value for "invalid_target_label"',
  "opsgenie-both-file-and-apikey": "at most one of opsgenie_api_key & opsgenie_api_key_file must be configured",
  "opsgenie-default-apikey-old-team": "field teams not found in opsgenie_configs",
  "opsgenie-no-apikey": "no global OpsGenie API Key set either inline or in a file",
  "rocketchat-both-token-and-tokenfile": "at most one of rocketchat_token & rocketchat_token_file must be configured",
  "rocketchat-both-tokenid-and-tokenidfile":
    "at most one of rocketchat_token_id & rocketchat_token_id_file must be configured",
  "rocketchat-no-token": "no global Rocketchat Token set either inline or in a file",
  "slack-both-file-and-token": "at most one of slack_app_token & slack_app_token_file must be configured",
  "slack-both-file-and-url": "at most one of slack_api_url & slack_api_url_file must be configured",
  "slack-both-url-and-token":
    "at most one of slack_app_token/slack_app_token_file & slack_api_url/slack_api_url_file must be configured",
  "slack-no-api-url-or-token": "no Slack API URL nor App token set either inline or in a file",
  "slack-update-message-and-webhook":
    "update_message can only be used with bot tokens. api_url must be set to https://slack.com/api/chat.postMessage",
  "smtp-both-password-and-file": "at most one of smtp_auth_password & smtp_auth_password_file must be configured",
  "sns-invalid": "must provide either a Target ARN, Topic ARN, or Phone Number for SNS config",
  "telegram-both-bot-token-and-file": "at most one of telegram_bot_token & telegram_bot_token_file must be configured",
  "telegram-no-bot-token": "missing bot_token or bot_token_file on telegram_config",
  "telegram-valid-receiver-both-bot-token-and-file":
    "at most one of telegram_bot_token & telegram_bot_token_file must be configured",
  "victorops-both-file-and-apikey": "at most one of victorops_api_key & victorops_api_key_file must be configured",
  "victorops-no-apikey": "no global VictorOps API Key set",
  "wechat-both-file-and-secret": "at most one of wechat_api_secret & wechat_api_secret_file must be configured",
  "wechat-no-api-secret": "no global Wechat Api Secret set either inline or in a file",
};

/** What can only be put in force where its proxy is allowed: docs/alertmanager.md says why. */
const proxies: Readonly<Record<string, string>> = {
  good: "http://127.0.0.1:1025",
  "http-config.good": "http://foo",
};

const textOf = (name: string) => readFileSync(join(folder, `conf.${name}.yml`), "utf8");

describe("configurations of Alertmanager", { skip }, () => {
  for (const file of files) {
    const name = file.replace(/^conf\./, "").replace(/\.yml$/, "");
    const want = refused[name];
    it(`${name} is ${want === undefined ? "taken" : "refused"}`, () => {
      const result = readConfig(textOf(name));
      if (want === undefined) {
        assert.equal(result.ok, true, result.ok ? "" : JSON.stringify(result.problems));
        return;
      }
      assert.ok(!result.ok);
      assert.equal(result.problems[0]?.message, want);
    });
  }

  it("has each of those that are refused", () => {
    for (const name of Object.keys(refused)) assert.ok(files.includes(`conf.${name}.yml`), name);
  });
});

describe("configurations of Alertmanager that are put in force", { skip }, () => {
  for (const file of files) {
    const name = file.replace(/^conf\./, "").replace(/\.yml$/, "");
    if (Object.hasOwn(refused, name)) continue;
    const proxy = proxies[name];
    it(`${name} is ready for use, with its files sent along${proxy === undefined ? "" : " and its proxy allowed"}`, async () => {
      const source = textOf(name);
      const sent = Object.fromEntries(
        filesNamedBy(loadConfig(source)).map((path) => [
          path,
          /url-file/.test(name) ? "https://hook.example/x" : "hush",
        ]),
      );
      const draftsWhere = (allowedProxies: readonly string[]) =>
        createDrafts({
          configurations: { find: async () => undefined },
          activate: (draft) =>
            activate({ ...draft, version: 0 }, testRim({ policy: { allowPrivate: false, allowedProxies } })),
        });
      if (proxy !== undefined) {
        const refusal = new RegExp(`\\[0\\]: cannot use the proxy ${proxy}: it is none of allowedProxies`);
        await assert.rejects(draftsWhere([]).ready("acme", { source, templates: {}, files: sent }), refusal);
      }
      const drafts = draftsWhere(proxy === undefined ? [] : [proxy]);
      const { configuration, files: kept } = await drafts.ready("acme", { source, templates: {}, files: sent });
      assert.ok(configuration.receivers.length > 0);
      assert.deepEqual(kept, sent);
      if (Object.keys(sent).length === 0) return;
      const missing = drafts.ready("acme", { source, templates: {}, files: {} });
      await assert.rejects(missing, /want its text sent along as one of the files/);
    });
  }

  it("has each of those with a proxy", () => {
    for (const name of Object.keys(proxies)) assert.ok(files.includes(`conf.${name}.yml`), name);
  });
});

/** The settings of a kind of integration, in the order in which they are written. */
function settingsOf(name: string, kind: string): Record<string, unknown>[] {
  const { receivers } = loadConfig(textOf(name));
  return receivers.flatMap(({ integrations }) =>
    integrations.flatMap((one) => (one.kind === kind ? [withSecrets(one.config)] : [])),
  );
}

/** A copy that shows its secrets. */
function withSecrets(config: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key, typeof value?.reveal === "function" ? value.reveal() : value]),
  );
}

describe("what holds for all receivers", { skip }, () => {
  const cases: [name: string, kind: string, key: string, values: unknown[]][] = [
    ["victorops-default-apikey", "victorops", "apiKey", ["asd132", "qwe456"]],
    ["victorops-default-apikey-file", "victorops", "apiKeyFile", ["/global_file", "/override_file"]],
    ["telegram-default-bot-token", "telegram", "botToken", ["asd132", "qwe456"]],
    ["telegram-default-bot-token-file", "telegram", "botTokenFile", ["/global_file", "/override_file"]],
    ["opsgenie-default-apikey", "opsgenie", "apiKey", ["asd132", "qwe456"]],
    ["opsgenie-default-apikey-file", "opsgenie", "apiKeyFile", ["/global_file", "/override_file"]],
    ["rocketchat-default-token", "rocketchat", "token", ["token123", "token456"]],
    ["rocketchat-default-token", "rocketchat", "tokenId", ["id123", "id456"]],
    ["rocketchat-default-token-file", "rocketchat", "tokenFile", ["/global_file", "/override_file"]],
    [
      "rocketchat-default-token-file",
      "rocketchat",
      "tokenIdFile",
      ["/etc/alertmanager/rocketchat_token_id", "/override_file"],
    ],
    ["wechat-default-api-secret-file", "wechat", "apiSecretFile", ["/global_file", "/override_file", ""]],
    ["wechat-default-api-secret-file", "wechat", "apiSecret", [undefined, undefined, "my_inline_secret"]],
    ["slack-default-api-url-file", "slack", "apiUrlFile", ["/global_file", "/override_file", ""]],
    ["slack-default-api-url-file", "slack", "apiUrl", [undefined, undefined, "http://mysecret.example.com/"]],
    ["mattermost-default-webhook-url-file", "mattermost", "webhookUrlFile", ["/global_file", "/override_file"]],
    [
      "smtp-password-global-and-local",
      "email",
      "authPasswordFile",
      ["/tmp/globaluserpassword", "/tmp/localuser1password", "", "/tmp/globaluserpassword", "/tmp/globaluserpassword"],
    ],
  ];
  for (const [name, kind, key, values] of cases) {
    it(`${name}: ${key}`, () =>
      assert.deepEqual(
        settingsOf(name, kind).map((config) => config[key]),
        values,
      ));
  }

  it("is Slack's API with the app's token, unless a receiver has a way of its own", () => {
    const { receivers } = loadConfig(textOf("slack-default-app-token"));
    const told = receivers[0]?.integrations.flatMap((one) => {
      if (one.kind !== "slack") return [];
      const { apiUrl, apiUrlFile, appToken, httpConfig } = one.config;
      return [
        {
          url: apiUrl?.reveal(),
          urlFile: apiUrlFile,
          token: appToken?.reveal(),
          authorization: `${httpConfig.authorization?.type} ${httpConfig.authorization?.credentials?.reveal()}`,
        },
      ];
    });
    const api = "https://slack.com/api/chat.postMessage";
    assert.deepEqual(
      told?.map(({ url }) => url),
      [
        api,
        api,
        "http://api.fakeslack.example/",
        api,
        "https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX",
      ],
    );
    assert.equal(told?.[1]?.token, "xoxb-1234-xxxxxx");
    assert.equal(told?.[1]?.authorization, "Bearer xoxb-1234-xxxxxx");
    assert.equal(told?.[3]?.token, undefined);
    assert.equal(told?.[3]?.authorization, "Bearer xoxb-my-bot-token");
    assert.equal(told?.[4]?.urlFile, "");
  });

  it("is not what settings of its own say otherwise", () => {
    const { global, receivers } = loadConfig(textOf("http-config.good"));
    assert.equal(global.httpConfig?.followRedirects, false);
    const [first] = receivers[0]?.integrations ?? [];
    assert.ok(first?.kind === "slack" && first.config.httpConfig.followRedirects);
  });
});

describe("a configuration that is printed", { skip }, () => {
  for (const file of files) {
    const name = file.replace(/^conf\./, "").replace(/\.yml$/, "");
    if (Object.hasOwn(refused, name)) continue;
    it(`${name} can be read again`, () => {
      const printed = printConfig(loadConfig(textOf(name)));
      assert.equal(printConfig(loadConfig(printed)), printed);
    });
  }

  for (const file of files) {
    const name = file.replace(/^conf\./, "").replace(/\.yml$/, "");
    if (Object.hasOwn(refused, name)) continue;
    it(`${name} is the same after it was shown and put again`, () => {
      const source = textOf(name);
      const shown = hideSecrets(source);
      assert.deepEqual(revealed(loadConfig(restoreSecrets(shown, source).source)), revealed(loadConfig(source)));
      assert.equal(shown.split("\n").length, source.split("\n").length);
    });
  }

  it("has no secrets", () => {
    assert.doesNotMatch(hideSecrets(textOf("good")), /mysecret/);
    const printed = printConfig(loadConfig(textOf("good")));
    assert.equal(printed.match(/<secret>/g)?.length, 13);
    assert.doesNotMatch(printed, /mysecret/);
  });
});
