import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer as createTcpServer } from "node:net";
import { describe, it } from "node:test";
import { credentials } from "@grpc/grpc-js";
import { AppError, ERROR_CODES, type ErrorCode, unavailable } from "@sightline/errors/app-error";
import {
  HealthClient,
  HealthCheckResponse_ServingStatus as ServingStatus,
} from "@sightline/proto/grpc/health/v1/health";
import {
  type ListTargetsResponse,
  type Target,
  Target as TargetMessage,
  TargetServiceClient,
  TargetServiceService,
} from "@sightline/proto/sightline/collector/v1/target_service";
import { type CallOptions, type ClientOptions, createClient } from "./client.ts";
import { internalUnary, type TenantContext, unary } from "./handlers.ts";
import { createGrpcServer, type GrpcServerOptions } from "./server.ts";

const TOKEN = "a-token-between-services";

interface World {
  /** What listTargets does. */
  list?(context: TenantContext): Promise<ListTargetsResponse>;
  put?(target: Target | undefined, context: TenantContext): Promise<Target | undefined>;
  server?: Partial<GrpcServerOptions>;
}

/** A real server on loopback with the target service, and what it logged and measured. */
async function startServer({ list, put, server: options = {} }: World = {}) {
  const logged: { fields: object; message: string }[] = [];
  const measured: { method: string; code: string }[] = [];
  const server = createGrpcServer({
    host: "127.0.0.1",
    port: 0,
    log: { error: (fields, message) => void logged.push({ fields, message }) },
    metrics: { observe: (labels) => void measured.push(labels) },
    ...options,
  });
  const internal = internalUnary(TOKEN);
  server.addService(TargetServiceService, {
    listTargets: internal(async (_request, context) => list?.(context) ?? { targets: [] }),
    putTarget: internal(async ({ target }, context) => ({ target: put ? await put(target, context) : target })),
    deleteTarget: unary(async (_request, context) => {
      throw new AppError("not_found", `no target for ${context.peer.length > 0 ? "you" : "nobody"}`);
    }),
  });
  const address = `127.0.0.1:${await server.listen()}`;
  return { server, address, logged, measured, [Symbol.asyncDispose]: () => server.close(500) };
}

function connect(address: string, options: ClientOptions = { internalToken: TOKEN }) {
  const client = createClient(TargetServiceClient, address, options);
  return { ...client, [Symbol.dispose]: client.close };
}

const forTenant: CallOptions = { tenant: "default", deadlineMs: 5000 };

/** The AppError that a promise fails with. */
async function failure(work: Promise<unknown>): Promise<AppError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error("it succeeded, which it should not");
}

describe("a unary call", () => {
  it("brings the request, the tenant and the answer across", async () => {
    await using world = await startServer({
      put: async (target, { tenant }) => TargetMessage.create({ ...target, labels: { tenant } }),
    });
    using client = connect(world.address);
    const target = TargetMessage.create({ name: "web", address: "http://127.0.0.1/", intervalMs: 1000 });
    const answer = await client.call("putTarget", { target }, { tenant: "acme" });
    assert.deepEqual(answer.target, { ...target, labels: { tenant: "acme" } });
    assert.deepEqual(world.measured, [{ method: "sightline.collector.v1.TargetService/PutTarget", code: "ok" }]);
  });

  for (const code of ERROR_CODES) {
    it(`brings ${code} across with its message and retry hint`, async () => {
      await using world = await startServer({
        list: () => Promise.reject(new AppError(code, `cannot list: got ${code}`, { retryAfterMs: 1250 })),
      });
      using client = connect(world.address);
      const error = await failure(client.call("listTargets", {}, forTenant));
      const want: ErrorCode = code === "too_large" ? "resource_exhausted" : code;
      assert.equal(error.code, want);
      assert.equal(error.message, `cannot list: got ${code}`);
      assert.equal(error.retryAfterMs, 1250);
    });
  }

  it("may be retried after resource_exhausted only when the server says when", async () => {
    let retryAfterMs: number | undefined = 10;
    await using world = await startServer({
      list: () =>
        Promise.reject(new AppError("resource_exhausted", "full", retryAfterMs === undefined ? {} : { retryAfterMs })),
    });
    using client = connect(world.address);
    assert.equal((await failure(client.call("listTargets", {}, forTenant))).retryable, true);
    retryAfterMs = undefined;
    assert.equal((await failure(client.call("listTargets", {}, forTenant))).retryable, false);
  });

  it("does not tell the caller about a defect, but the log", async () => {
    await using world = await startServer({ list: () => Promise.reject(new TypeError("secrets.password is wrong")) });
    using client = connect(world.address);
    const error = await failure(client.call("listTargets", {}, forTenant));
    assert.equal(error.code, "internal");
    assert.doesNotMatch(error.message, /secret/);
    assert.equal(world.logged.length, 1);
    assert.match(String(Object.values(world.logged[0]?.fields ?? {})), /secrets\.password is wrong/);
  });

  it("refuses a request above the server's limit", async () => {
    await using world = await startServer({ server: { maxReceiveBytes: 1000 } });
    using client = connect(world.address);
    const target = TargetMessage.create({ name: "x".repeat(2000) });
    assert.equal((await failure(client.call("putTarget", { target }, forTenant))).code, "resource_exhausted");
  });

  it("refuses an answer above the client's limit", async () => {
    await using world = await startServer();
    using client = connect(world.address, { internalToken: TOKEN, maxReceiveBytes: 1000 });
    const target = TargetMessage.create({ name: "x".repeat(2000) });
    assert.equal((await failure(client.call("putTarget", { target }, forTenant))).code, "resource_exhausted");
  });
});

describe("the internal door", () => {
  const cases: { name: string; client: ClientOptions; call: CallOptions; code: ErrorCode; says: RegExp }[] = [
    { name: "no token", client: {}, call: forTenant, code: "unauthenticated", says: /internal token/ },
    {
      name: "a wrong token",
      client: { internalToken: "guess" },
      call: forTenant,
      code: "unauthenticated",
      says: /internal token/,
    },
    {
      name: "no tenant",
      client: { internalToken: TOKEN },
      call: {},
      code: "invalid_argument",
      says: /got no sightline-tenant/,
    },
    {
      name: "a malformed tenant",
      client: { internalToken: TOKEN },
      call: { tenant: "../etc" },
      code: "invalid_argument",
      says: /malformed sightline-tenant/,
    },
  ];
  for (const { name, client: options, call, code, says } of cases) {
    it(`refuses ${name}`, async () => {
      let served = false;
      await using world = await startServer({
        list: async () => {
          served = true;
          return { targets: [] };
        },
      });
      using client = connect(world.address, options);
      const error = await failure(client.call("listTargets", {}, call));
      assert.equal(error.code, code);
      assert.match(error.message, says);
      assert.equal(served, false);
    });
  }

  it("does not stand before handlers that check for themselves", async () => {
    await using world = await startServer();
    using client = connect(world.address, {});
    const error = await failure(client.call("deleteTarget", { name: "x" }, {}));
    assert.equal(error.message, "no target for you");
  });
});

describe("giving up", () => {
  /** A handler that only ends with its signal, and what it was told. */
  function waiting() {
    const seen = Promise.withResolvers<unknown>();
    const called = Promise.withResolvers<void>();
    const list = async ({ signal }: TenantContext): Promise<ListTargetsResponse> => {
      called.resolve();
      await once(signal, "abort");
      seen.resolve(signal.reason);
      throw signal.reason;
    };
    return { list, seen: seen.promise, called: called.promise };
  }

  it("the caller's deadline ends the call on both sides", async () => {
    const handler = waiting();
    await using world = await startServer({ list: handler.list });
    using client = connect(world.address);
    const error = await failure(client.call("listTargets", {}, { tenant: "default", deadlineMs: 100 }));
    assert.equal(error.code, "deadline_exceeded");
    const reason = AppError.from(await handler.seen);
    assert.ok(reason.code === "deadline_exceeded" || reason.code === "cancelled", reason.code);
  });

  it("the caller's signal ends the call on both sides", async () => {
    const handler = waiting();
    await using world = await startServer({ list: handler.list });
    using client = connect(world.address);
    const controller = new AbortController();
    const call = failure(client.call("listTargets", {}, { ...forTenant, signal: controller.signal }));
    await handler.called;
    controller.abort();
    assert.equal((await call).code, "cancelled");
    assert.equal(AppError.from(await handler.seen).code, "cancelled");
  });

  it("an aborted signal keeps the call from being made", async () => {
    using client = connect("127.0.0.1:1");
    const error = await failure(client.call("listTargets", {}, { signal: AbortSignal.abort() }));
    assert.equal(error.code, "cancelled");
  });

  it("a handler that does not heed its signal does not keep the caller waiting", async () => {
    await using world = await startServer({ list: () => new Promise(() => undefined) });
    using client = connect(world.address);
    const error = await failure(client.call("listTargets", {}, { tenant: "default", deadlineMs: 50 }));
    assert.equal(error.code, "deadline_exceeded");
    await world.server.close(1000);
  });

  it("the server bounds calls without a deadline", async () => {
    const server = createGrpcServer({ host: "127.0.0.1", port: 0, log: { error: () => undefined } });
    const bounded = { maxDurationMs: 50 };
    const wait = unary<object, never>(
      (_request, { signal }) => once(signal, "abort").then(() => Promise.reject(signal.reason)),
      bounded,
    );
    server.addService(TargetServiceService, { listTargets: wait, putTarget: wait, deleteTarget: wait });
    const address = `127.0.0.1:${await server.listen()}`;
    using client = connect(address);
    const error = await failure(client.call("listTargets", {}, { deadlineMs: 60_000 }));
    assert.equal(error.code, "deadline_exceeded");
    assert.equal(error.message, "cannot answer the call: its deadline is over");
    await server.close(100);
  });
});

describe("the connection", () => {
  it("says what cannot be reached", async () => {
    using client = connect("127.0.0.1:1");
    const error = await failure(client.call("listTargets", {}, forTenant));
    assert.equal(error.code, "unavailable");
    assert.equal(error.message, "cannot reach 127.0.0.1:1: connect ECONNREFUSED 127.0.0.1:1");
  });

  it("is made again after the server's restart", async () => {
    const first = await startServer();
    using client = connect(first.address);
    await client.call("listTargets", {}, forTenant);
    await first.server.close(100);
    assert.equal((await failure(client.call("listTargets", {}, forTenant))).code, "unavailable");
    await using second = await startServer({ server: { port: Number(first.address.split(":")[1]) } });
    const until = performance.now() + 10_000;
    for (;;) {
      try {
        await client.call("listTargets", {}, forTenant);
        break;
      } catch (error) {
        if (performance.now() > until) throw error;
      }
    }
    assert.ok(second.measured.length > 0);
  });

  it("to a taken port is refused in one line", async () => {
    const taken = createTcpServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const address = taken.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const server = createGrpcServer({ host: "127.0.0.1", port, log: { error: () => undefined } });
    const error = await failure(server.listen());
    assert.equal(
      error.message,
      `cannot listen on 127.0.0.1:${port} for gRPC: the port is taken; stop what listens there or configure another`,
    );
    await server.close(0);
    taken.close();
  });
});

describe("a graceful stop", () => {
  it("lets calls under way finish and takes no new ones", async () => {
    const inside = Promise.withResolvers<void>();
    const goOn = Promise.withResolvers<void>();
    await using world = await startServer({
      list: async () => {
        inside.resolve();
        await goOn.promise;
        return { targets: [] };
      },
    });
    using client = connect(world.address);
    const call = client.call("listTargets", {}, forTenant);
    await inside.promise;
    const closed = world.server.close(5000);
    using late = connect(world.address);
    assert.equal((await failure(late.call("listTargets", {}, forTenant))).code, "unavailable");
    goOn.resolve();
    assert.deepEqual(await call, { targets: [] });
    await closed;
  });

  it("cuts off what does not finish in time", async () => {
    const inside = Promise.withResolvers<void>();
    const world = await startServer({
      list: () => {
        inside.resolve();
        return new Promise(() => undefined);
      },
    });
    using client = connect(world.address);
    const call = failure(client.call("listTargets", {}, forTenant));
    await inside.promise;
    await world.server.close(50);
    assert.notEqual((await call).code, "deadline_exceeded");
  });
});

describe("the health service", () => {
  it("says serving for the server and its services, and tells watchers of the stop", async () => {
    let ready = true;
    const world = await startServer({ server: { health: async () => ready } });
    const client = new HealthClient(world.address, credentials.createInsecure());
    const check = (service: string) =>
      new Promise<number | string>((resolve) => {
        client.check({ service }, (error, response) => resolve(error === null ? response.status : error.code));
      });
    assert.equal(await check(""), ServingStatus.SERVING);
    assert.equal(await check("sightline.collector.v1.TargetService"), ServingStatus.SERVING);
    assert.equal(await check("no.such.Service"), 5);
    ready = false;
    assert.equal(await check(""), ServingStatus.NOT_SERVING);
    ready = true;

    const seen: number[] = [];
    const watch = client.watch({ service: "" });
    watch.on("data", ({ status }) => seen.push(status));
    await once(watch, "data");
    const ended = once(watch, "end");
    await world.server.close(1000);
    await ended;
    assert.deepEqual(seen, [ServingStatus.SERVING, ServingStatus.NOT_SERVING]);
    client.close();
  });
});

describe("a failing service", () => {
  it("asks for a retry by its own words", async () => {
    await using world = await startServer({
      list: () => Promise.reject(unavailable("cannot list: the store is away")),
    });
    using client = connect(world.address);
    const error = await failure(client.call("listTargets", {}, forTenant));
    assert.deepEqual([error.code, error.retryable, error.retryAfterMs], ["unavailable", true, 1000]);
    assert.equal(error.message, "cannot list: the store is away");
  });
});

describe("a connection that somebody else has accepted", () => {
  it("is served as one of the server's own, and ended with it", async () => {
    await using world = await startServer({ put: async (target) => target });
    const door = createTcpServer(world.server.takeConnection).listen(0, "127.0.0.1");
    await once(door, "listening");
    const address = door.address();
    assert.ok(address !== null && typeof address === "object");
    using client = connect(`127.0.0.1:${address.port}`);
    const target = TargetMessage.create({ name: "web", address: "http://127.0.0.1/", intervalMs: 1000 });
    assert.deepEqual(await client.call("putTarget", { target }, forTenant), { target });
    const ended = once(door, "close");
    door.close();
    await world.server.close(500);
    await ended;
  });
});
