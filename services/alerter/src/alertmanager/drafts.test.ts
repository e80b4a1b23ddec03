import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { hideSecrets } from "@sightline/alertmanager/config/hidden-secrets";
import { testRim } from "../channels/testing/sample.ts";
import { activate } from "../dispatch/activate.ts";
import type { KeptConfiguration } from "../dispatch/configuration-store.ts";
import { createDrafts, type SentDraft } from "./drafts.ts";

const whole = (receivers: string, global = "") =>
  `global: { ${global} }\nroute: { receiver: a }\nreceivers:\n${receivers}`;

function draftsOver(
  source: string,
  templates: KeptConfiguration["templates"] = {},
  files: KeptConfiguration["files"] = {},
) {
  const kept: KeptConfiguration = { source, templates, files, author: "ann", version: 7, createdAt: new Date(0) };
  return createDrafts({
    configurations: { find: async () => kept },
    activate: (draft) => activate({ ...draft, version: 0 }, testRim()),
  });
}

interface Case {
  readonly what: string;
  readonly kept: string;
  /** What is changed of what is shown. */
  readonly changes: readonly (readonly [from: string, to: string])[];
  /** The name of what leads elsewhere; undefined where nothing does. */
  readonly want: string | undefined;
}

const opsgenie = whole("- name: a\n  opsgenie_configs: [{ api_url: 'https://og.example/', api_key: hush }]\n");
const mail = whole(
  "- name: a\n  email_configs: [{ to: a@b.c }]\n- name: b\n  email_configs: [{ to: b@b.c, require_tls: true }]\n",
  "smtp_from: x@b.c, smtp_smarthost: 'mail:587', smtp_auth_username: me, smtp_auth_password: hush",
);
const hook = whole(
  "- name: a\n  webhook_configs: [{ url: 'https://hook.example/x', http_config: { basic_auth: { username: me, password: hush } } }]\n",
);
const unused = whole("- name: a\n", "opsgenie_api_key: hush, slack_api_url: 'https://hooks.example/hush'");
const common = whole(
  "- name: a\n  webhook_configs: [{ url: 'https://hook.example/x' }]\n",
  "http_config: { authorization: { credentials: hush } }",
);

const cases: readonly Case[] = [
  { what: "nothing else is changed", kept: opsgenie, changes: [["api_url", "priority: P1, api_url"]], want: undefined },
  { what: "another URL", kept: opsgenie, changes: [["og.example", "evil.example"]], want: 'receiver "a", opsgenie[0]' },
  {
    what: "the same URL in clear",
    kept: opsgenie,
    changes: [["https://og", "http://og"]],
    want: 'receiver "a", opsgenie[0]',
  },
  {
    what: "another mail server for all",
    kept: mail,
    changes: [["mail:587", "evil.example:587"]],
    want: 'receiver "a", email[0]',
  },
  {
    what: "another mail server for one of them",
    kept: mail,
    changes: [["to: b@b.c", "to: b@b.c, smarthost: 'evil.example:587'"]],
    want: 'receiver "b", email[0]',
  },
  {
    what: "mail in clear",
    kept: mail,
    changes: [["require_tls: true", "require_tls: false"]],
    want: 'receiver "b", email[0]',
  },
  {
    what: "encrypted mail",
    kept: mail.replace("true", "false"),
    changes: [["require_tls: false", "require_tls: true"]],
    want: undefined,
  },
  {
    what: "a mail server that may be anybody",
    kept: mail,
    changes: [["smtp_from", "smtp_tls_config: { insecure_skip_verify: true }, smtp_from"]],
    want: 'receiver "a", email[0]',
  },
  {
    what: "another webhook",
    kept: hook,
    changes: [["url: '<secret>'", "url: 'https://evil.example/'"]],
    want: 'receiver "a", webhook[0]',
  },
  {
    what: "a proxy on the way",
    kept: hook,
    changes: [["{ basic_auth", "{ proxy_url: 'http://evil.example', basic_auth"]],
    want: 'receiver "a", webhook[0]',
  },
  {
    what: "a name for it, used for another one",
    kept: hook,
    changes: [
      ["password: <secret>", "password: &p <secret>"],
      [
        "\n$",
        "\n- { name: b, webhook_configs: [{ url: 'https://evil.example', http_config: { authorization: { credentials: *p } } }] }\n",
      ],
    ],
    want: 'receiver "b", webhook[0]',
  },
  {
    what: "what holds for all, and one more whom it is sent to",
    kept: common,
    changes: [["\n$", "\n- { name: b, webhook_configs: [{ url: 'https://evil.example' }] }\n"]],
    want: 'receiver "b", webhook[0]',
  },
  {
    what: "another URL of what nobody uses",
    kept: unused,
    changes: [["{ opsg", "{ opsgenie_api_url: 'https://evil.example', opsg"]],
    want: "opsgenie of global",
  },
  {
    what: "what nobody used is used",
    kept: unused,
    changes: [["name: a", "name: a\n  opsgenie_configs: [{}]\n  slack_configs: [{}]"]],
    want: undefined,
  },
  {
    what: "the first one that uses it, elsewhere",
    kept: unused,
    changes: [["name: a", "name: a\n  opsgenie_configs: [{ api_url: 'https://evil.example' }]"]],
    want: 'receiver "a", opsgenie[0]',
  },
];

describe("hidden secrets of a draft", () => {
  for (const { what, kept, changes, want } of cases) {
    test(`lead where they led: ${what}`, async () => {
      const source = changes.reduce(
        (text, [from, to]) => text.replace(from === "\n$" ? /\n$/ : from, to),
        hideSecrets(kept),
      );
      assert.notEqual(source, hideSecrets(kept));
      const draft: SentDraft = { source, templates: {}, files: {} };
      const ready = draftsOver(kept).ready("acme", draft);
      if (want === undefined) {
        assert.doesNotMatch((await ready).source, /<secret>/);
        return;
      }
      await assert.rejects(ready, ({ message }: Error) => {
        assert.match(message, /: \d+:\d+: got "<secret>", want the secret itself: /);
        assert.ok(message.includes(`itself: ${want} leads elsewhere than before`), message);
        assert.doesNotMatch(message, /hush/);
        return true;
      });
    });
  }

  test("do not follow an address that is made by other templates", async () => {
    const kept = hook.replace("https://hook.example/x", '{{ template "hook" . }}');
    const ours = { "a.tmpl": '{{ define "hook" }}https://hook.example{{ end }}' };
    const theirs = { "a.tmpl": '{{ define "hook" }}https://evil.example{{ end }}' };
    const drafts = draftsOver(kept, ours);
    const source = hideSecrets(kept);
    await assert.rejects(
      drafts.ready("acme", { source, templates: theirs, files: {} }),
      /webhook\[0\] leads elsewhere/,
    );
    for (const templates of [ours, undefined])
      assert.equal((await drafts.ready("acme", { source, templates, files: {} })).source, kept);
  });

  test("lead where they led when they are in files that stay as they are", async () => {
    const kept = opsgenie.replace("api_key: hush", "api_key_file: /run/key");
    const files = { "/run/key": "hush\n" };
    const drafts = draftsOver(kept, {}, files);
    const source = kept.replace("og.example", "evil.example");
    const draft = { source, templates: {}, files: undefined };
    const why = /files: got none with the text of "\/run\/key", want it: receiver "a", opsgenie\[0\] leads elsewhere/;
    await assert.rejects(drafts.ready("acme", draft), why);
    const other = { "/run/key": "other" };
    assert.deepEqual((await drafts.ready("acme", { ...draft, files: { ...other, "/not/named": "x" } })).files, other);
    const same = await drafts.ready("acme", { ...draft, source: `${kept}# as it was\n` });
    assert.deepEqual([same.files, same.secretsOf], [files, 7]);
  });

  for (const [where, http] of [
    ["of a name", "basic_auth: { username_file: /run/key, password: x }"],
    ["of a certificate", "tls_config: { cert_file: /run/key, key: x }"],
    [
      "of a certificate for tokens",
      "oauth2: { client_id: c, client_secret: x, token_url: 'https://evil.example', tls_config: { cert_file: /run/key, key: x } }",
    ],
  ] as const) {
    test(`are not sent elsewhere as that ${where}`, async () => {
      const kept = opsgenie.replace("api_key: hush", "api_key_file: /run/key");
      const source = whole(
        `- name: a\n  webhook_configs: [{ url: 'https://evil.example/', http_config: { ${http} } }]\n`,
      );
      const ready = draftsOver(kept, {}, { "/run/key": "hush\n" }).ready("acme", {
        source,
        templates: {},
        files: undefined,
      });
      await assert.rejects(ready, /files: got none with the text of "\/run\/key", want it: .*leads elsewhere/);
    });
  }

  test("may be those of another receiver where they say only who is believed", async () => {
    const kept = hook.replace("{ basic_auth", "{ tls_config: { ca_file: /run/ca }, basic_auth");
    const source = whole(
      "- name: a\n  webhook_configs: [{ url: 'https://other.example/', http_config: { tls_config: { ca_file: /run/ca } } }]\n",
    );
    const files = { "/run/ca": "our authority" };
    const ready = await draftsOver(kept, {}, files).ready("acme", { source, templates: {}, files: undefined });
    assert.deepEqual(ready.files, files);
  });
});

describe("mail of a draft", () => {
  const login = "smtp_from: x@b.c, smtp_auth_username: me";
  const receiver = (more: string) => `- name: a\n  email_configs: [{ to: a@b.c${more} }]\n`;
  const ready = (source: string, files = {}) => draftsOver(mail).ready("acme", { source, templates: {}, files });
  const open = `${login}, smtp_smarthost: 'mail:587', smtp_require_tls: false`;

  test("is refused where its password would have to be told without TLS", async () => {
    const message =
      /^receiver "a", email\[0\]: got a password for a connection without TLS, want require_tls: true, or auth_secret/;
    const written = whole(receiver(""), `${open}, smtp_auth_password: hush`);
    await assert.rejects(ready(written), { code: "invalid_argument", message });
    const named = whole(receiver(""), `${open}, smtp_auth_password_file: /run/key`);
    await assert.rejects(ready(named, { "/run/key": "hush" }), { message });
    const unused = whole(receiver(", require_tls: true"), `${open}, smtp_auth_password: hush`);
    await assert.rejects(ready(unused), { message: /^global: .* want smtp_require_tls: true/ });
  });

  for (const [what, global] of [
    ["without a password", open],
    ["to this host", `${open.replace("mail:587", "localhost:25")}, smtp_auth_password: hush`],
    ["that is encrypted from the start", `${open.replace("mail:587", "mail:465")}, smtp_auth_password: hush`],
    ["with a secret that is never told", `${open}, smtp_auth_password: hush, smtp_auth_secret: hush`],
  ] as const) {
    test(`is taken ${what}`, async () => {
      assert.equal((await ready(whole(receiver(""), global))).secretsOf, undefined);
    });
  }
});
