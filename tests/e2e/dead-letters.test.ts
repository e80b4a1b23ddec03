import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import {
  ExportLogsServiceRequest,
  LogsServiceClient,
} from "@sightline/proto/opentelemetry/proto/collector/logs/v1/logs_service";
import { createClient } from "@sightline/rpc/client";
import { eventually } from "@sightline/testkit/eventually";
import { z } from "zod";
import { type FaultStack, startFaultStack } from "../faults/fault-stack.ts";
import { createRestClient } from "./rest-client.ts";
import { sightlinectl } from "./sightlinectl.ts";

const listed = z.object({
  deadLetters: z.array(
    z.object({
      sequence: z.number(),
      tenant: z.string(),
      reason: z.string(),
      error: z.string(),
      subject: z.string(),
      records: z.number(),
    }),
  ),
});

describe("records that the database refuses", { timeout: 180_000 }, () => {
  const opened = new AsyncDisposableStack();
  after(() => opened.disposeAsync());
  let system: FaultStack;
  before(async () => {
    system = opened.use(await startFaultStack({ services: ["ingest", "storage", "gateway"] }));
  });

  async function send(body: string, apiKey = system.ingestKey): Promise<void> {
    const client = createClient(LogsServiceClient, system.stack.doors.otlpGrpc, { apiKey });
    const value = { $case: "stringValue" as const, value: body };
    const logRecords = [{ body: { value }, timeUnixNano: BigInt(Date.now()) * 1_000_000n }];
    try {
      await client.call(
        "export",
        ExportLogsServiceRequest.fromPartial({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] }),
      );
    } finally {
      client.close();
    }
  }

  const count = async (body: string): Promise<number> => {
    const schema = z.object({ found: z.string().transform(Number) });
    const sql = "SELECT count() AS found FROM otel_logs WHERE Body = {body:String}";
    const [row] = await system.clickhouse.query(sql, { body }, { schema });
    return row?.found ?? 0;
  };

  const list = async (...options: string[]) => {
    const { stdout } = await sightlinectl(system.stack.dir, "deadletters", "list", "--json", ...options);
    return listed.parse(JSON.parse(stdout)).deadLetters;
  };

  test("are told of on the command line, and stored once when they are sent again after it was mended", async () => {
    assert.deepEqual(await list(), []);
    await system.clickhouse.command("ALTER TABLE otel_logs ADD CONSTRAINT no_poison CHECK Body != 'poison'");
    await send("poison");
    const letter = await eventually(
      async () => {
        const [found] = await list();
        assert.ok(found);
        return found;
      },
      { intervalMs: 200 },
    );
    assert.equal(letter.reason, "refused_by_database");
    assert.match(letter.error, /no_poison/);
    assert.match(letter.subject, /^telemetry\.logs\.\d$/);
    assert.deepEqual([letter.tenant, letter.records], ["default", 1]);
    await send("good");
    await eventually(async () => assert.equal(await count("good"), 1));

    const tooEarly = await sightlinectl(system.stack.dir, "deadletters", "redrive", String(letter.sequence));
    assert.equal(tooEarly.code, 0, tooEarly.stderr);
    const again = await eventually(
      async () => {
        const [found] = await list();
        assert.ok(found !== undefined && found.sequence > letter.sequence);
        return found;
      },
      { intervalMs: 200 },
    );

    await system.clickhouse.command("ALTER TABLE otel_logs DROP CONSTRAINT no_poison");
    const { code, stderr } = await sightlinectl(system.stack.dir, "deadletters", "redrive", String(again.sequence));
    assert.equal(code, 0, stderr);
    assert.match(stderr, /1 of 1 dead letter sent again/);
    await eventually(async () => assert.equal(await count("poison"), 1));
    assert.deepEqual(await list(), []);
    const gone = await sightlinectl(system.stack.dir, "deadletters", "delete", String(again.sequence));
    assert.equal(gone.code, 1);
    assert.match(gone.stdout, /cannot find the dead letter/);
  });

  test("of another tenant are seen and removed by who runs the system, and by nobody else", async () => {
    const { stack } = system;
    const made = z.object({ key: z.string() });
    const clientOf = (key: string) => createRestClient(stack.doors.page, { authorization: `Bearer ${key}` });
    const operator = clientOf(stack.secrets.adminKey);
    const { key: adminKey } = await operator.send("POST", "/v1/tenants", { tenant: "acme" }, made);
    const admin = clientOf(adminKey);
    const { key } = await admin.send("POST", "/v1/keys", { name: "sender", scopes: ["ingest"] }, made);
    await system.clickhouse.command("ALTER TABLE otel_logs ADD CONSTRAINT no_poison CHECK Body != 'more poison'");
    await send("more poison", key);
    const { sequence } = await eventually(
      async () => {
        const [found] = await list("--all-tenants");
        assert.equal(found?.tenant, "acme");
        return found;
      },
      { intervalMs: 200 },
    );
    assert.deepEqual(await list(), []);
    assert.equal((await list("--tenant", "acme")).length, 1);
    for (const tenant of ["default", "*"]) {
      const path = `/v1/dead-letters?${new URLSearchParams({ tenant })}`;
      await assert.rejects(admin.text(path), /answered 403/, tenant);
    }
    const shown = await sightlinectl(stack.dir, "deadletters", "show", String(sequence), "--tenant", "acme");
    assert.match(shown.stdout, /^tenant {4}acme$/m);
    const remove = (...options: string[]) =>
      sightlinectl(stack.dir, "deadletters", "delete", String(sequence), ...options);
    assert.equal((await remove()).code, 1, "it is not the default tenant's");
    const { code, stderr } = await remove("--tenant", "acme");
    assert.equal(code, 0, stderr);
    assert.deepEqual(await list("--all-tenants"), []);
  });
});
