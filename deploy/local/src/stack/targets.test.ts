import assert from "node:assert/strict";
import { test } from "node:test";
import { portsAt } from "./ports.ts";
import { ownTargets } from "./targets.ts";

test("every service is checked and scraped, every server checked", () => {
  const secret = "x";
  const secrets = { clickhouse: secret, postgres: secret, nats: secret, redis: secret, internalToken: secret };
  const keys = { adminPassword: secret, ingestKey: secret, queryKey: secret, adminKey: secret, sealKey: secret };
  const context = {
    dir: "/x",
    bind: "0.0.0.0",
    ports: portsAt(1000),
    secrets: { ...secrets, ...keys },
    serverEnv: {},
    settings: {},
  };
  const targets = ownTargets(context);
  assert.equal(new Set(targets.map(({ name }) => name)).size, targets.length);
  const counts = (kind: string) => targets.filter((target) => target.kind === kind).length;
  assert.deepEqual([counts("http"), counts("scrape"), counts("tcp")], [7, 7, 4]);
  assert.equal(targets.find(({ name }) => name === "gateway")?.address, "http://127.0.0.1:8206/readyz");
});
