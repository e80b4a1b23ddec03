import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createPool, type Pool } from "@sightline/postgres/pool";
import { createSeal, type Seal } from "@sightline/postgres/seal";
import { Channel, WebhookChannel } from "@sightline/proto/sightline/alert/v1/alert_service";
import { createSecret } from "@sightline/service/secret";
import { quietLog } from "@sightline/testkit/quiet-log";
import { testDatabase } from "@sightline/testkit/test-database";
import { createChannelCalls } from "./channel-calls.ts";
import { findChannel } from "./channel-store.ts";

const sealing = createSeal({ key: createSecret("k".repeat(32)) });
const keyless = createSeal({});
const tenant = "default";
const opened = new AsyncDisposableStack();
let sql: Pool;

before(async () => {
  const { url } = opened.use(await testDatabase());
  sql = createPool({ url, maxConnections: 2 }, { log: quietLog });
  opened.defer(() => sql.close());
});
after(() => opened.disposeAsync());

const callsBy = (seal: Seal) =>
  createChannelCalls({
    ...{ sql, seal, clock: () => 0, newId: () => crypto.randomUUID(), externalUrl: "", maxChannels: 2 },
    tell: async () => ({ delivered: true, outcome: "", retryable: false }),
  });

function hook(name: string, bearerToken = ""): Channel {
  const value = WebhookChannel.fromPartial({ url: "https://hooks.example/", bearerToken });
  return Channel.fromPartial({ name, kind: { $case: "webhook", value } });
}

async function tokenOf(name: string): Promise<string | undefined> {
  const channel = await findChannel({ sql, seal: sealing }, tenant, name);
  return channel?.kind?.$case === "webhook" ? channel.kind.value.bearerToken : undefined;
}

test("whoever cannot open a channel keeps neither its token nor another one without", async () => {
  const calls = callsBy(sealing);
  await calls.put(tenant, hook("one", "kept-token"));
  await calls.put(tenant, hook("one"));
  assert.equal(await tokenOf("one"), "kept-token");
  await assert.rejects(callsBy(keyless).put(tenant, hook("one")), {
    code: "failed_precondition",
    message:
      /^cannot keep channel one without its token: .* is not configured; where it is lost, see sightlinectl seals$/,
  });
  assert.equal(await tokenOf("one"), "kept-token");
  await callsBy(keyless).put(tenant, hook("one", "another"));
  assert.equal(await tokenOf("one"), "another");
});

test("channels that cannot be opened count as the others do", async () => {
  await callsBy(sealing).put(tenant, hook("two", "kept-token"));
  await assert.rejects(callsBy(keyless).put(tenant, hook("three")), { code: "resource_exhausted", message: /got 2/ });
  await callsBy(sealing).put(tenant, hook("two"));
});
