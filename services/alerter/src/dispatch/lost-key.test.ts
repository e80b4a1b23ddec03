// What becomes of alerts when the key of a configuration is lost for good, with real alerters and a real Postgres.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createSeal } from "@sightline/postgres/seal";
import { giveUpKey } from "@sightline/postgres/seal-keys";
import { eventually } from "@sightline/testkit/eventually";
import { startNats, startPostgres } from "@sightline/testkit/servers";
import { config as schema } from "../config.ts";
import { fails } from "../testing/calls.ts";
import { startReceiver } from "../testing/receiver.ts";
import { post, routeTo } from "../testing/routed.ts";
import { createWorld, ofTenant } from "../testing/world.ts";

const sealBy = (letter: string) => schema.parse({ internalToken: "t", seal: { key: letter.repeat(32) } }).seal;

test("a key that is lost is given up, and what waited is told by the configuration that is put then", async () => {
  await using stack = new AsyncDisposableStack();
  const [nats, postgres] = await Promise.all([startNats(), startPostgres()]);
  stack.use(nats);
  stack.use(postgres);
  await using here = await createWorld({ postgresUrl: postgres.url, natsUrl: nats.url });
  await using receiver = await startReceiver();
  const lost = sealBy("k");
  {
    await using sealing = await here.startAlerter({ seal: lost });
    await routeTo(sealing, receiver);
  }
  await using alerter = await here.startAlerter({ seal: sealBy("o") });
  await post(alerter, { alertname: "Down", team: "a" });
  await eventually(async () => {
    const { "alertmanager configurations": why = "" } = await alerter.notReadyBecause();
    assert.match(
      why,
      /^configurations or channels are sealed with keys that are not configured: [0-9a-f]{8}; where one is lost, see sightlinectl seals$/,
    );
  });
  const [key = ""] = createSeal(lost).keyIds;
  assert.ok(await giveUpKey(here.sql, key, Date.now()));
  await eventually(async () => assert.deepEqual(await alerter.notReady(), []));
  await fails(alerter.alertmanager.call("getConfiguration", {}, ofTenant), "failed_precondition", /sightlinectl seals/);
  assert.equal(receiver.received.length, 0);
  await routeTo(alerter, receiver);
  await eventually(() => receiver.received.length === 1);
});
