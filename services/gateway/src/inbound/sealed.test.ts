// Secrets of inbound sources lie sealed in Postgres where there is a key, by the public door: who signs is believed, and nobody is without the key.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createPool } from "@sightline/postgres/pool";
import { createSeal } from "@sightline/postgres/seal";
import { createSecret } from "@sightline/service/secret";
import { quietLog } from "@sightline/testkit/quiet-log";
import { z } from "zod";
import { internalToken, startGateway } from "../testing/gateway.ts";
import { startTakingAlerter } from "./testing/alerter.ts";
import { KIND_SAMPLES, SECRET } from "./testing/samples.ts";

test("a secret is sealed when it is put, and checked all the same; without its key nobody is believed", async () => {
  await using closers = new AsyncDisposableStack();
  const alerter = closers.use(await startTakingAlerter(internalToken));
  const gateway = closers.use(
    await startGateway({ alerter: { address: alerter.address }, seal: { key: "k".repeat(32) } }),
  );
  const sql = createPool({ url: gateway.postgresUrl, maxConnections: 1 }, { log: quietLog });
  closers.defer(() => sql.close());
  const sample = KIND_SAMPLES.find(({ kind }) => kind === "github");
  assert.ok(sample);
  const manage = async (method: string, path: string, body?: object) => {
    const headers = { authorization: `Bearer ${gateway.key("admin")}`, "content-type": "application/json" };
    const response = await fetch(gateway.url + path, { method, headers, body: body ? JSON.stringify(body) : null });
    assert.equal(response.status, 200, await response.clone().text());
    return z.looseObject({ path: z.string().optional(), sourceId: z.string() }).parse(await response.json());
  };
  const keptSecrets = () =>
    sql.query(
      "SELECT secret FROM inbound_sources",
      [],
      z.object({ secret: z.string() }).transform(({ secret }) => secret),
    );

  const { path = "", sourceId } = await manage("POST", "/v1/inbound-sources", {
    name: "github",
    kind: "github",
    secret: SECRET,
  });
  const [kept = ""] = await keptSecrets();
  assert.match(kept, /^sealed:1:/);
  assert.ok(!kept.includes(SECRET));
  const send = (name: string, secret: string) => {
    const { headers, payload } = sample.fires(name);
    const body = JSON.stringify(payload);
    return gateway.post(path, body, { ...headers, ...sample.sign(body, secret) });
  };
  assert.equal((await send("1", SECRET)).status, 200);
  assert.equal((await send("2", "guessed")).status, 401);

  const lost = createSeal({ key: createSecret("l".repeat(32)) }).seal("somebody", SECRET);
  await sql.execute("UPDATE inbound_sources SET secret = $1", [lost]);
  for (const secret of [SECRET, "guessed"]) {
    const refused = await send("3", secret);
    assert.equal(refused.status, 503);
    assert.ok(Number(refused.headers.get("retry-after")) > 0);
  }
  const one = `/v1/inbound-sources/${sourceId}`;
  assert.match(String((await manage("GET", one))["lastProblem"]), /the key is missing .*; put the secret again/);
  await manage("PUT", one, { name: "github", settings: {}, secret: SECRET });
  assert.equal((await send("4", SECRET)).status, 200);
});
