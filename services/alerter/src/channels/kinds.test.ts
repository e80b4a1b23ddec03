import assert from "node:assert/strict";
import { test } from "node:test";
import { Channel, WebhookChannel } from "@sightline/proto/sightline/alert/v1/alert_service";
import { withKeptSecrets, withoutSecrets } from "./kinds.ts";

const webhook = (url: string, bearerToken: string) =>
  Channel.fromPartial({
    name: "hook",
    kind: { $case: "webhook", value: WebhookChannel.fromPartial({ url, bearerToken }) },
  });

test("a token that is left out stays, but goes nowhere else", () => {
  const old = webhook("https://hooks.example/a", "s3cret");
  for (const [url, given, want] of [
    ["https://hooks.example/b", "", "s3cret"],
    ["https://hooks.example/b", "new", "new"],
    ["https://hooks.example:8443/a", "", ""],
    ["http://hooks.example/a", "", ""],
    ["https://elsewhere.example/a", "", ""],
    ["https://elsewhere.example/a", "new", "new"],
  ] as const) {
    const { kind } = withKeptSecrets(webhook(url, given), old);
    assert.equal(kind?.$case === "webhook" ? kind.value.bearerToken : undefined, want, url);
  }
});

const urlOf = ({ kind }: Channel) => (kind?.$case === "webhook" ? kind.value.url : undefined);

test("the path of a URL is shown to nobody, and what is shown keeps it", () => {
  const f = (url: string, want: string) => assert.equal(urlOf(withoutSecrets(webhook(url, ""))), want);
  f("https://hooks.example/services/T0/SECRET", "https://hooks.example/…");
  f("https://hooks.example:8443/?token=SECRET", "https://hooks.example:8443/…");
  f("https://hooks.example/a", "https://hooks.example/a");
  const old = webhook("https://hooks.example/services/T0/SECRET", "");
  const shown = withoutSecrets(old);
  assert.equal(urlOf(withKeptSecrets(shown, old)), urlOf(old));
  assert.equal(urlOf(withKeptSecrets(webhook("https://hooks.example/%E2%80%A6", ""), old)), urlOf(old));
  assert.equal(urlOf(withKeptSecrets(webhook("https://hooks.example/new", ""), old)), "https://hooks.example/new");
  for (const before of [undefined, webhook("https://elsewhere.example/services/T0/SECRET", "")]) {
    assert.throws(() => withKeptSecrets(shown, before), { code: "invalid_argument", message: /want the whole URL/ });
  }
});
