import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { SERVICES } from "@sightline/local/stack/services";
import { runToEnd } from "./run-to-end.ts";

/** What every service needs to be told; all else has a default. */
const required = { SIGHTLINE_INTERNAL_TOKEN: "x", SIGHTLINE_INGEST_API_KEY: "x", SIGHTLINE_ADMIN_PASSWORD: "x" };
/** Nobody listens there: a service that went further than its configuration would say so. */
const nowhere = {
  SIGHTLINE_POSTGRES_URL: "postgres://sightline@127.0.0.1:1/sightline",
  SIGHTLINE_CLICKHOUSE_URL: "http://127.0.0.1:1",
  SIGHTLINE_NATS_URL: "nats://127.0.0.1:1",
  SIGHTLINE_REDIS_URL: "redis://127.0.0.1:1",
};

describe("a service with a wrong configuration ends at once, with a line for each wrong key and nothing else", {
  concurrency: 2,
}, () => {
  const dir = mkdtempSync(join(tmpdir(), "sightline-config-"));
  after(() => rmSync(dir, { recursive: true, force: true }));
  const file = join(dir, "config.yaml");
  writeFileSync(file, "shutdwnTimeoutMs: 5000\nlogLevel: loud\n");

  for (const { name } of SERVICES) {
    test(`${name}, in its file and in the environment`, async () => {
      const env = { ...required, ...nowhere, SIGHTLINE_ADMIN_PORT: "many" };
      const { code, said, logged } = await runToEnd(name, { env, args: ["--config", file] });
      assert.equal(code, 2, said.join("\n"));
      assert.deepEqual(logged, []);
      assert.deepEqual(
        said.map((line) => /^sightline (\S+): (\S+)/.exec(line)?.slice(1)).toSorted(),
        [
          [name, "adminPort"],
          [name, "logLevel"],
          [name, "shutdwnTimeoutMs:"],
        ],
        said.join("\n"),
      );
    });
  }
});
