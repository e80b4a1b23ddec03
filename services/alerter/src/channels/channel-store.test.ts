import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createPool, type Pool } from "@sightline/postgres/pool";
import { createSeal } from "@sightline/postgres/seal";
import { Channel, WebhookChannel } from "@sightline/proto/sightline/alert/v1/alert_service";
import { createSecret } from "@sightline/service/secret";
import { quietLog } from "@sightline/testkit/quiet-log";
import { testDatabase } from "@sightline/testkit/test-database";
import { z } from "zod";
import { findChannel, hasChannel, listChannels, putChannel } from "./channel-store.ts";
import { sealChannels } from "./seal-channels.ts";

const [key, former] = ["k", "f"].map((letter) => createSecret(letter.repeat(32)));
const keyless = createSeal({});
const sealing = createSeal({ key });
const formerly = createSeal({ key: former });
const changing = createSeal({ key, formerKey: former });
const { signal } = new AbortController();
const tenant = "default";
const opened = new AsyncDisposableStack();
let sql: Pool;

before(async () => {
  const { url } = opened.use(await testDatabase());
  sql = createPool({ url, maxConnections: 2 }, { log: quietLog });
  opened.defer(() => sql.close());
});
after(() => opened.disposeAsync());

function hook(name: string): Channel {
  const webhook = WebhookChannel.fromPartial({
    url: "https://hooks.example/path-token",
    bearerToken: `token of ${name}`,
  });
  return Channel.fromPartial({ name, kind: { $case: "webhook", value: webhook } });
}

async function keptOf(name: string): Promise<string> {
  const row = z.object({ definition: z.instanceof(Buffer) });
  const [kept] = await sql.query("SELECT definition FROM alert_channels WHERE name = $1", [name], row);
  return kept?.definition.toString("latin1") ?? "";
}

test("a channel is sealed when it is put, and opens with its key alone", async () => {
  await putChannel({ sql, seal: sealing }, tenant, hook("sealed"), 0);
  assert.match(await keptOf("sealed"), /^sealed:1:/);
  assert.doesNotMatch(await keptOf("sealed"), /token/);
  assert.deepEqual(await findChannel({ sql, seal: sealing }, tenant, "sealed"), hook("sealed"));
  assert.deepEqual(await listChannels({ sql, seal: changing }, tenant), [hook("sealed")]);
  for (const seal of [keyless, formerly]) {
    assert.deepEqual(await listChannels({ sql, seal }, tenant), []);
    await assert.rejects(findChannel({ sql, seal }, tenant, "sealed"), { code: "failed_precondition" });
  }
  assert.equal(await hasChannel(sql, tenant, "sealed"), true);
  await putChannel({ sql, seal: keyless }, tenant, hook("sealed"), 0);
  assert.deepEqual(await findChannel({ sql, seal: keyless }, tenant, "sealed"), hook("sealed"), "it can be put again");
});

test("what lies open, or under the key before, is sealed with ours; by two at once, and for its channel alone", async () => {
  await putChannel({ sql, seal: keyless }, tenant, hook("open"), 0);
  await putChannel({ sql, seal: formerly }, tenant, hook("former"), 0);
  await putChannel({ sql, seal: createSeal({ key: createSecret("x".repeat(32)) }) }, tenant, hook("lost"), 0);
  const lost = await keptOf("lost");
  assert.equal(await sealChannels({ sql, seal: keyless }, signal), 0);
  const both = await Promise.all([1, 2].map(() => sealChannels({ sql, seal: changing }, signal)));
  assert.equal(
    both.reduce((sum, sealed) => sum + sealed),
    3,
    "with the one of the test before",
  );
  for (const name of ["open", "former"]) {
    assert.ok((await keptOf(name)).startsWith(sealing.prefix ?? "?"));
    assert.deepEqual(await findChannel({ sql, seal: sealing }, tenant, name), hook(name));
  }
  assert.equal(await keptOf("lost"), lost);
  const another = "(SELECT definition FROM alert_channels WHERE name = 'open')";
  await sql.execute(`UPDATE alert_channels SET definition = ${another} WHERE name = 'former'`, []);
  await assert.rejects(findChannel({ sql, seal: sealing }, tenant, "former"), { code: "data_loss" });
});
