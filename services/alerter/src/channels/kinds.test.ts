import assert from "node:assert/strict";
import { test } from "node:test";
import { Channel, WebhookChannel } from "@sightline/proto/sightline/alert/v1/alert_service";
import { withKeptSecrets } from "./kinds.ts";

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
