import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { startStack } from "@sightline/local/stack/stack";
import { eventually } from "@sightline/testkit/eventually";
import { z } from "zod";
import { createRestClient, login, type RestClient } from "./rest-client.ts";

const patience = { intervalMs: 100 };
const made = z.object({ report: z.looseObject({ reportId: z.string(), kind: z.string(), headline: z.string() }) });
const part = z.looseObject({ kind: z.string(), missing: z.array(z.string()) });
const counts = z.array(z.object({ value: z.string(), count: z.number() }));

/** Reports of the whole of Sightline as `make up` starts it. */
describe("reports", { timeout: 240_000 }, () => {
  const closers = new AsyncDisposableStack();
  after(() => closers.disposeAsync());

  let rest: RestClient;

  before(async () => {
    const dir = mkdtempSync(join(tmpdir(), "sightline-e2e-"));
    closers.defer(() => rmSync(dir, { recursive: true, force: true }));
    const stack = closers.use(await startStack({ dir, ports: "free" }));
    const { page } = stack.doors;
    await assert.rejects(login(page, "mallory", "wrong"));
    rest = createRestClient(page, await login(page, stack.adminUser, stack.secrets.adminPassword));
  });

  const make = async (kind: string) => {
    const { report } = await rest.send("POST", "/v1/reports", { kind, start: "-1h" }, made);
    assert.equal(report.kind, kind);
    assert.notEqual(report.headline, "");
    return report.reportId;
  };

  test("the security report tells who failed to log in", async () => {
    const form = part.extend({ authentication_failures: z.object({ total: z.number(), by_user: counts }) });
    await eventually(async () => {
      const document = await rest.get(`/v1/reports/${await make("security")}`, form);
      assert.deepEqual(document.authentication_failures, { ...document.authentication_failures, total: 1 });
      assert.deepEqual(document.authentication_failures.by_user, [{ value: "mallory", count: 1 }]);
      assert.deepEqual(document.missing, []);
    }, patience);
  });

  test("the comprehensive report has every kind, and nothing of the real services is missing", async () => {
    const reportId = await make("comprehensive");
    const document = await rest.get(
      `/v1/reports/${reportId}`,
      part.extend({
        health: part,
        security: part,
        operational: part.extend({ events: z.looseObject({ total: z.number() }) }),
        compliance: part.extend({ retention: z.array(z.looseObject({ kind: z.string(), days: z.number() })) }),
      }),
    );
    assert.deepEqual(document.missing, []);
    assert.ok(document.operational.events.total > 0);
    assert.ok(document.compliance.retention.some(({ kind, days }) => kind === "logs" && days > 0));
    const html = await rest.text(`/v1/reports/${reportId}?format=html`);
    for (const title of ["Fleet health", "Security", "Operations", "Compliance"]) {
      assert.ok(html.includes(`>${title}</h1>`), title);
    }
  });

  test("the list tells the kinds, and a score only of those that have one", async () => {
    await make("compliance");
    await make("operational");
    const row = z.looseObject({ kind: z.string(), fleetHealthScore: z.number().nullable() });
    const { reports } = await rest.get("/v1/reports?limit=3", z.object({ reports: z.array(row) }));
    assert.deepEqual(
      reports.map(({ kind, fleetHealthScore }) => [kind, typeof fleetHealthScore]),
      [
        ["operational", "object"],
        ["compliance", "object"],
        ["comprehensive", "number"],
      ],
    );
  });
});
