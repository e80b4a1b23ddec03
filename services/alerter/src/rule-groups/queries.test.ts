import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { AppError } from "@sightline/errors/app-error";
import {
  LogqlServiceService,
  type QueryLogqlRequest,
  QueryLogqlResponse,
} from "@sightline/proto/sightline/query/v1/logql_service";
import {
  PromqlServiceService,
  type QueryPromqlInstantsRequest,
  QueryPromqlInstantsResponse,
} from "@sightline/proto/sightline/query/v1/promql_service";
import type { TenantContext } from "@sightline/rpc/handlers";
import { createGrpcServer } from "@sightline/rpc/server";
import { internalStream } from "@sightline/rpc/streams";
import { eventually } from "@sightline/testkit/eventually";
import { quietLog } from "@sightline/testkit/quiet-log";
import { createStorageQueries, type StorageQueries } from "./queries.ts";

const internalToken = "the-internal-token";
const { signal } = new AbortController();

describe("expressions of logs", () => {
  const opened = new AsyncDisposableStack();
  let queries: StorageQueries;
  let tenants = 0;
  // What storage does with one, and who asked it.
  let answer: (text: string) => Promise<void>;
  let asked: { readonly tenant: string; readonly text: string }[] = [];
  let probes: string[] = [];

  before(async () => {
    const server = createGrpcServer({ host: "127.0.0.1", port: 0, log: quietLog });
    const stream = internalStream(internalToken);
    const { queryLogql } = LogqlServiceService;
    server.addService(
      { queryLogql },
      {
        queryLogql: stream(async function* ({ query }: QueryLogqlRequest, { tenant }: TenantContext) {
          asked.push({ tenant, text: query });
          await answer(query);
          yield QueryLogqlResponse.fromPartial({ series: [{ labels: ["text", query], values: [1] }] });
        }),
      },
    );
    const { queryPromqlInstants } = PromqlServiceService;
    server.addService(
      { queryPromqlInstants },
      {
        queryPromqlInstants: stream(async function* (_: QueryPromqlInstantsRequest, { caller }: TenantContext) {
          probes.push(caller);
          yield QueryPromqlInstantsResponse.fromPartial({ answers: [{ index: 0 }] });
        }),
      },
    );
    opened.defer(() => server.close(1000));
    const address = `127.0.0.1:${await server.listen()}`;
    queries = createStorageQueries({ address, internalToken, timeoutMs: 5000, recent: { usedBy: () => [] } });
    opened.defer(() => queries.close());
  });
  beforeEach(() => {
    tenants += 1;
    asked = [];
    probes = [];
  });
  after(() => opened.disposeAsync());

  const instant = (text: string, { tenant = `tenant-${tenants}`, given = signal } = {}) =>
    queries.instant(tenant, { language: "logql", text, atMs: 1 }, given);

  test("a tenant's are asked two at a time, and hold up nobody else's", async () => {
    const held = new Map<string, () => void>();
    answer = (text) => new Promise((resolve) => held.set(text, resolve));
    const texts = ["a", "b", "c", "d", "e"];
    const answers = texts.map((text) => instant(text));
    const other = instant("other", { tenant: "somebody-else" });
    await eventually(() => held.has("other"));
    held.get("other")?.();
    assert.deepEqual((await other)[0]?.labels, { text: "other" });
    const ofTenant = () => asked.filter(({ text }) => text !== "other").map(({ text }) => text);
    for (const [at, text] of texts.entries()) {
      const begun = texts.slice(0, at + 2);
      await eventually(() => ofTenant().length >= begun.length && held.has(text));
      assert.deepEqual(ofTenant(), begun);
      held.get(text)?.();
      assert.deepEqual((await answers[at])?.[0]?.labels, { text });
    }
  });

  test("who gives up waiting is told at once", async () => {
    const { promise: held, resolve: goOn } = Promise.withResolvers<void>();
    answer = () => held;
    const leaving = new AbortController();
    const running = [instant("a"), instant("b")];
    const waiting = instant("c", { given: leaving.signal });
    await eventually(() => asked.length === 2);
    leaving.abort();
    await assert.rejects(waiting, (thrown) => AppError.from(thrown).code === "cancelled");
    goOn();
    assert.equal((await Promise.all(running)).length, 2);
  });

  test("whether storage is there is asked beside what takes too long, not behind it", async () => {
    answer = () => Promise.reject(new AppError("deadline_exceeded", "too long"));
    await assert.rejects(instant("a"), (thrown) => AppError.from(thrown).code === "deadline_exceeded");
    assert.deepEqual(probes, ["alerter-probe"]);
  });
});
