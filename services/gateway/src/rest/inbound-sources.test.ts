import assert from "node:assert/strict";
import { test } from "node:test";
import { uuid7 } from "@sightline/model/uuid7";
import { findSource, insertSource, listSources, updateSource } from "@sightline/postgres/inbound-sources";
import { createPool, type Sql } from "@sightline/postgres/pool";
import { createSeal } from "@sightline/postgres/seal";
import { quietLog } from "@sightline/testkit/quiet-log";
import { testDatabase } from "@sightline/testkit/test-database";
import { inboundSourceRoutes } from "./inbound-sources.ts";
import type { RawExchange } from "./route.ts";

test("another address undoes nothing of what was changed while it was made", async () => {
  await using closers = new AsyncDisposableStack();
  const { url } = closers.use(await testDatabase());
  const sql = createPool({ url, maxConnections: 1 }, { log: quietLog });
  closers.defer(() => sql.close());
  const seal = createSeal({});
  const tenant = "default";
  const sourceId = uuid7(Date.now());
  const made = { createdAt: new Date(), createdBy: "somebody", prefix: "", tokenHash: "0".repeat(64) };
  const source = { tenant, sourceId, name: "before", kind: "github", settings: {}, secret: "kept", ...made };
  assert.ok(await insertSource({ sql, seal }, source, 1));

  const changed = { name: "after", settings: { issueLabels: ["incident"] } };
  // Somebody else is faster, between what the route reads and what it writes.
  const raced: Sql = {
    ...sql,
    execute: async (text, params) => {
      await updateSource({ sql, seal }, { tenant, sourceId, ...changed, secret: undefined });
      return await sql.execute(text, params);
    },
  };
  const renew = inboundSourceRoutes({ sql: raced, seal, clock: Date.now }).find(
    ({ operation }) => operation === "renewInboundSource",
  );
  await renew?.handle(exchangeOf(tenant, sourceId));

  const [kept] = await listSources(sql, tenant, sourceId);
  assert.deepEqual({ name: kept?.name, settings: kept?.settings }, changed);
  assert.match(kept?.prefix ?? "", /^sl_inbound_/);
  assert.equal(await findSource({ sql, seal }, source.tokenHash), undefined, "the address before is nobody's");
});

/** An administrator's request about one source. */
function exchangeOf(tenant: string, sourceId: string): RawExchange {
  return {
    query: {},
    attributes: {},
    body: undefined,
    param: () => sourceId,
    caller: { tenant, name: "somebody", level: "admin", byCookie: false },
    header: () => "",
    address: "127.0.0.1",
    sessionToken: undefined,
    accepts: () => undefined,
    setCookie: () => undefined,
    signal: AbortSignal.timeout(30_000),
    parse: (schema, value) => schema.parse(value),
  };
}
