// What is sealed in Postgres, on the command line, with a real Postgres.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { insertSource } from "@sightline/postgres/inbound-sources";
import { createPool, type Pool } from "@sightline/postgres/pool";
import { createSeal } from "@sightline/postgres/seal";
import { createSecret } from "@sightline/service/secret";
import { quietLog } from "@sightline/testkit/quiet-log";
import { testDatabase } from "@sightline/testkit/test-database";
import { runProgram } from "../program.ts";

const seal = createSeal({ key: createSecret("k".repeat(32)) });
const [key = ""] = seal.keyIds;

describe("seals", () => {
  const closers = new AsyncDisposableStack();
  let url: string;
  let sql: Pool;

  before(async () => {
    ({ url } = closers.use(await testDatabase()));
    sql = createPool({ url, maxConnections: 1 }, { log: quietLog });
    closers.defer(() => sql.close());
  });
  after(() => closers.disposeAsync());

  async function run(args: string, postgres = url) {
    let stdout = "";
    let stderr = "";
    const code = await runProgram({
      args: args.split(" "),
      env: { SIGHTLINE_POSTGRES_URL: postgres, SIGHTLINE_DIR: "/nonexistent" },
      version: "1.2.3",
      stdout: { write: (text) => (stdout += text) },
      stderr: { write: (text) => (stderr += text) },
      signal: new AbortController().signal,
      now: () => Date.parse("2026-11-21T12:00:00Z"),
    });
    return { code, stdout, stderr };
  }

  const put = async (tenant: string, source: string) => {
    const version =
      "INSERT INTO alert_versions (tenant, configuration) VALUES ($1, 1) ON CONFLICT (tenant) DO UPDATE SET configuration = alert_versions.configuration + 1";
    await sql.execute(version, [tenant]);
    const text =
      "INSERT INTO alert_configurations SELECT $1, configuration, $2, '{}', 'ann', now() FROM alert_versions WHERE tenant = $1";
    await sql.execute(text, [tenant, source]);
  };

  test("say what lies under which key, and a key that is lost is given up", async () => {
    assert.equal((await run("seals list")).stderr, "nothing is kept that has secrets\n");
    await put("acme", "route: { receiver: a }");
    await put("acme", seal.seal("acme", "route: { receiver: b }"));
    await put("open", "route: { receiver: c }");
    const made = { createdAt: new Date(), createdBy: "ann", prefix: "", settings: {}, kind: "github" };
    const source = { ...made, tenant: "default", sourceId: crypto.randomUUID(), name: "github", secret: "hush" };
    assert.ok(await insertSource({ sql, seal }, { ...source, tokenHash: "0".repeat(64) }, 1));

    const channel = "INSERT INTO alert_channels (tenant, name, definition, updated_at) VALUES ($1, 'hook', $2, now())";
    await sql.execute(channel, ["acme", Buffer.from(seal.seal("channel hook of acme", "CgRob29r"))]);
    await sql.execute(channel, ["open", Buffer.from([0x0a, 0x00, 0xff])]);

    const listed = await run("seals list");
    assert.deepEqual(listed.stdout.trimEnd().split("\n"), [
      "KEY       WHAT                 COUNT  TENANTS",
      "none      channel                  1  open",
      "none      configuration            1  open",
      "none      older configuration      1  acme",
      `${key}  channel                  1  acme`,
      `${key}  configuration            1  acme`,
      `${key}  inbound secret           1  default`,
    ]);
    assert.deepEqual([listed.code, listed.stderr], [0, ""]);

    assert.deepEqual(await run("seals give-up 12345678"), {
      code: 2,
      stdout: "",
      stderr: "nothing is sealed with the key 12345678: see sightlinectl seals list\n",
    });
    const given = await run(`seals give-up ${key}`);
    assert.deepEqual(given.stdout.trimEnd().split("\n"), [
      `alerters do not wait for the key ${key} any more`,
      "alertmanager.yml is to be put again, with its secrets, of 1 tenant: acme",
      "secrets of inbound sources are to be put again, of 1 tenant: default",
      "channels that rules name are to be put again, and are not listed until then, of 1 tenant: acme",
    ]);
    const again = await run(`seals give-up ${key} --json`);
    assert.deepEqual(JSON.parse(again.stdout), {
      key,
      putAgain: { configurations: ["acme"], inboundSecrets: ["default"], channels: ["acme"] },
    });
    assert.match((await run("seals list")).stdout, new RegExp(`^${key} \\(lost\\)  configuration `, "m"));
  });

  test("say that Postgres is away", async () => {
    assert.equal((await run("seals list", "postgres://nobody@127.0.0.1:1/none")).code, 3);
  });
});
