import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { after, before, describe, test } from "node:test";
import { createPublisher } from "@sightline/bus/publish";
import { createEventBuilder } from "@sightline/events/builder";
import { AlertServiceClient } from "@sightline/proto/sightline/alert/v1/alert_service";
import { EventBatch } from "@sightline/proto/sightline/event/v1/event";
import { QueryServiceClient } from "@sightline/proto/sightline/query/v1/query_service";
import { createClient } from "@sightline/rpc/client";
import { WebSocket } from "ws";
import { z } from "zod";
import { eventForm } from "./json/events.ts";
import { password, startGateway, type TestGateway } from "./testing/gateway.ts";

const errorBody = z.object({ error: z.object({ code: z.string(), message: z.string() }) });

/** The JSON of an answer; each test looks at the parts that it is about. */
async function jsonOf<T>(answer: Response, schema: z.ZodType<T>): Promise<T> {
  return schema.parse(await answer.json());
}

async function assertError(answer: Response, status: number, message: RegExp): Promise<void> {
  const body = await answer.text();
  assert.equal(answer.status, status, body);
  assert.match(errorBody.parse(JSON.parse(body)).error.message, message);
}

describe("gateway", () => {
  let gateway: TestGateway;
  before(async () => {
    gateway = await startGateway();
  });
  after(() => gateway[Symbol.asyncDispose]());

  async function login(): Promise<string> {
    const answer = await gateway.post("/v1/session", { username: "Admin", password });
    assert.equal(answer.status, 200);
    const [cookie = ""] = (answer.headers.get("set-cookie") ?? "").split(";");
    return cookie;
  }

  test("a login gives a cookie that scripts cannot read, and ends with the logout", async () => {
    const answer = await gateway.post("/v1/session", { username: "admin", password });
    assert.match(answer.headers.get("set-cookie") ?? "", /^sightline_session=\S+; Path=\/; HttpOnly; SameSite=Strict/);
    const [cookie = ""] = (answer.headers.get("set-cookie") ?? "").split(";");
    const session = await fetch(`${gateway.url}/v1/session`, { headers: { cookie } });
    const { user } = await jsonOf(session, z.object({ user: z.unknown() }));
    assert.deepEqual(user, { username: "admin", role: "admin", tenant: "default" });
    await fetch(`${gateway.url}/v1/session`, { method: "DELETE", headers: { cookie } });
    await assertError(await fetch(`${gateway.url}/v1/events`, { headers: { cookie } }), 401, /log in/);
  });

  test("a wrong password says no more than that, and guessing is slowed down", async () => {
    const guess = () => gateway.post("/v1/session", { username: "somebody", password: "wrong" });
    await assertError(await guess(), 401, /the name or the password is wrong/);
    for (let tried = 1; tried < 5; tried++) await guess();
    const slowed = await guess();
    assert.ok(Number(slowed.headers.get("retry-after")) > 0);
    await assertError(slowed, 429, /too many failed attempts/);
  });

  test("keys may do what their scope says", async () => {
    await assertError(await fetch(`${gateway.url}/v1/events`), 401, /send authorization: Bearer/);
    await assertError(await gateway.get("/v1/events", "ingest"), 403, /has not the scope query/);
    assert.equal((await gateway.get("/v1/events", "query")).status, 200);
    const authorization = `Bearer ${gateway.key("query")}`;
    const body = { name: "mine", scopes: ["query"] };
    await assertError(await gateway.post("/v1/keys", body, { authorization }), 403, /want the role admin/);
  });

  test("a key works from its creation to its revocation", async () => {
    const authorization = `Bearer ${gateway.key("admin")}`;
    const made = await jsonOf(
      await gateway.post("/v1/keys", { name: "mine", scopes: ["query"] }, { authorization }),
      z.object({ keyId: z.string(), key: z.string() }),
    );
    const read = () => fetch(`${gateway.url}/v1/events`, { headers: { "x-api-key": made.key } });
    assert.equal((await read()).status, 200);
    const list = async () => {
      const form = z.object({ keys: z.array(z.looseObject({ keyId: z.string(), revoked: z.string().nullable() })) });
      return (await jsonOf(await gateway.get("/v1/keys", "admin"), form)).keys;
    };
    assert.ok(!JSON.stringify(await list()).includes(made.key), "the list must not show the key");
    await fetch(`${gateway.url}/v1/keys/${made.keyId}`, { method: "DELETE", headers: { authorization } });
    assert.notEqual((await list()).find(({ keyId }) => keyId === made.keyId)?.revoked, null);
  });

  test("a page of another site cannot use the login", async () => {
    const cookie = await login();
    const body = { name: "theirs", scopes: ["admin"] };
    const theirs = { cookie, origin: "https://evil.example" };
    await assertError(await gateway.post("/v1/keys", body, theirs), 403, /another site/);
    const own = { cookie, origin: gateway.url };
    assert.equal((await gateway.post("/v1/keys", { ...body, name: "own" }, own)).status, 200);
  });

  test("an event has the documented form", async () => {
    const { events, totalCount } = await jsonOf(
      await gateway.get("/v1/events?q=two+words&severity=error"),
      z.object({ events: z.tuple([eventForm]), totalCount: z.number() }),
    );
    assert.equal(totalCount, 1);
    const { time, severity, source, title, details, healthScore } = events[0];
    assert.deepEqual(
      { time, severity, source, title, details, healthScore },
      {
        time: "2023-11-14T22:13:20.123456789Z",
        severity: "error",
        source: "default",
        title: "two words",
        details: { depth: { of: 3 } },
        healthScore: 99.5,
      },
    );
  });

  const wrong: [path: string, status: number, message: RegExp][] = [
    ["/v1/events?limt=3", 400, /unknown parameter "limt"/],
    ["/v1/events?limit=many", 400, /limit: .*expected number/],
    ["/v1/events?start=yesterday", 400, /cannot read start: got "yesterday", want RFC 3339/],
    ["/v1/events?start=-1h&end=-2h", 400, /want start before end/],
    ["/v1/events?severity=awful", 400, /cannot read severity: got "awful", want debug, info/],
    ["/v1/metrics/query?metric=up&match=nonsense", 400, /match.*want <label><operator><value>/],
    ["/v1/events?limit=4294967296", 400, /limit: .*<=4294967295/],
    ["/v1/events?start=-999999999w", 400, /cannot use start: .* want a time between 1970 and 2262/],
    ["/v1/events?end=9999-12-31T00:00:00Z", 400, /cannot use end: .* want a time between 1970 and 2262/],
    ["/v1/traces?maxDurationMs=1e300", 400, /maxDurationMs: /],
    ["/v1/nowhere", 404, /there is no such route; see \/openapi.json/],
  ];
  for (const [path, status, message] of wrong) {
    test(`GET ${path} answers ${status}`, async () => assertError(await gateway.get(path), status, message));
  }

  test("a body that is no JSON or too large is refused", async () => {
    await assertError(await gateway.post("/v1/session", "{"), 400, /cannot read the request/);
    await assertError(await gateway.post("/v1/session", `"${"x".repeat(1_100_000)}"`), 413, /more than 1048576 bytes/);
  });

  test("an outage behind is 503 with a hint, not 500", async () => {
    const answer = await gateway.get("/v1/events?q=outage");
    assert.equal(answer.headers.get("retry-after"), "3");
    await assertError(answer, 503, /the database is away/);
    await assertError(await gateway.get("/v1/health"), 503, /cannot reach/);
  });

  test("the OpenAPI document describes every route, and its references resolve", async () => {
    const document = await jsonOf(
      await fetch(`${gateway.url}/openapi.json`),
      z.object({
        components: z.object({ schemas: z.record(z.string(), z.unknown()) }),
        paths: z.record(z.string(), z.record(z.string(), z.looseObject({ operationId: z.string() }))),
      }),
    );
    const text = JSON.stringify(document);
    for (const [, name = ""] of text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)) {
      assert.ok(document.components.schemas[name], name);
    }
    const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));
    const ids = operations.map(({ operationId }) => operationId);
    assert.equal(new Set(ids).size, ids.length, "operation ids are unique");
    for (const path of ["/v1/events/{id}", "/v1/alerts/{id}/acknowledge", "/api/v1/monitoring/system/resources"]) {
      assert.ok(document.paths[path], path);
    }
  });

  test("answers carry the headers that protect a browser", async () => {
    const { headers } = await fetch(`${gateway.url}/`, { headers: { accept: "text/html" } });
    assert.match(headers.get("content-security-policy") ?? "", /script-src 'self'/);
    assert.equal(headers.get("x-content-type-options"), "nosniff");
  });

  test("the public gRPC door asks for a key and answers for its tenant", async () => {
    const anonymous = createClient(QueryServiceClient, gateway.grpcAddress, {});
    const known = createClient(QueryServiceClient, gateway.grpcAddress, { apiKey: gateway.key("query") });
    try {
      const request = { filters: undefined, cursor: "" };
      await assert.rejects(anonymous.call("searchEvents", request), { code: "unauthenticated" });
      const { events } = await known.call("searchEvents", request, { tenant: "somebody-else" });
      assert.equal(events[0]?.source, "default", "the tenant is the key's, not the caller's word");
    } finally {
      anonymous.close();
      known.close();
    }
  });

  test("over gRPC a key to query may read and not write", async () => {
    const call = (scope: "query" | "admin") => {
      const client = createClient(AlertServiceClient, gateway.grpcAddress, { apiKey: gateway.key(scope) });
      return client.call("deleteRule", { ruleId: "1" }).finally(client.close);
    };
    await assert.rejects(call("query"), { code: "permission_denied", message: /want a key with the scope admin/ });
    await assert.rejects(call("admin"), { code: "unavailable" }, "let through to the alerter, which is not there");
  });

  async function openStream(headers: Record<string, string>) {
    const socket = new WebSocket(gateway.streamUrl, { headers });
    const waiting: ((message: unknown) => void)[] = [];
    const arrived: unknown[] = [];
    socket.on("message", (data) => {
      const message: unknown = JSON.parse(String(data));
      const next = waiting.shift();
      if (next === undefined) arrived.push(message);
      else next(message);
    });
    await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
    return {
      closed: new Promise<number>((resolve) => socket.once("close", resolve)),
      say: (message: object) => socket.send(JSON.stringify(message)),
      next: async () => arrived.shift() ?? new Promise((resolve) => waiting.push(resolve)),
      [Symbol.asyncDispose]: () =>
        new Promise<void>((resolve) => {
          if (socket.readyState === WebSocket.CLOSED) resolve();
          else socket.once("close", () => resolve()).close();
        }),
    };
  }

  test("a stream shows the events of its tenant that match, as they come", async () => {
    await using stream = await openStream({ authorization: `Bearer ${gateway.key("query")}` });
    stream.say({ subscribe: { id: "a", stream: "events", filters: { severity: "critical" } } });
    assert.deepEqual(await stream.next(), { id: "a", subscribed: "events" });

    const publisher = createPublisher(gateway.bus, "anomaly", { as: "analyzer", maxInFlightBytes: 1e6 });
    const events = createEventBuilder({ clock: Date.now });
    const send = async (tenant: string, title: string, severity: "critical" | "info") => {
      const event = events.build({ eventType: "test", source: "test", title, severity });
      const payload = EventBatch.encode({ events: [event] }).finish();
      await publisher.publish(payload, { tenant, records: 1, msgId: event.eventId });
    };
    await send("somebody-else", "of another tenant", "critical");
    await send("default", "not bad enough", "info");
    await send("default", "this one", "critical");
    const arrived = z
      .object({ id: z.literal("a"), event: z.looseObject({ title: z.string() }) })
      .parse(await stream.next());
    assert.equal(arrived.event.title, "this one");
  });

  test("a stream shows what is published right after it said that it is subscribed, every time", async () => {
    await using stream = await openStream({ authorization: `Bearer ${gateway.key("query")}` });
    const publisher = createPublisher(gateway.bus, "anomaly", { as: "analyzer", maxInFlightBytes: 1e6 });
    const events = createEventBuilder({ clock: Date.now });
    for (let round = 0; round < 50; round++) {
      const title = `round ${round}`;
      stream.say({ subscribe: { id: title, stream: "events", filters: {} } });
      assert.deepEqual(await stream.next(), { id: title, subscribed: "events" });
      const event = events.build({ eventType: "test", source: "test", title, severity: "info" });
      const payload = EventBatch.encode({ events: [event] }).finish();
      await publisher.publish(payload, { tenant: "default", records: 1, msgId: event.eventId });
      const arrived = z
        .object({ id: z.literal(title), event: z.looseObject({ title: z.string() }) })
        .parse(await stream.next());
      assert.equal(arrived.event.title, title);
      stream.say({ unsubscribe: { id: title } });
    }
  });

  test("how long what is kept can be read by all and changed by admins", async () => {
    const put = (body: unknown, scope: "query" | "admin") =>
      fetch(`${gateway.url}/v1/retention`, {
        method: "PUT",
        headers: { "content-type": "application/json", authorization: `Bearer ${gateway.key(scope)}` },
        body: JSON.stringify(body),
      });
    const kinds = z.object({
      kinds: z.array(z.looseObject({ kind: z.string(), days: z.number(), state: z.string() })),
    });
    const read = await jsonOf(await gateway.get("/v1/retention"), kinds);
    assert.deepEqual(read.kinds[0], {
      kind: "logs",
      days: 90,
      defaultDays: 90,
      appliedDays: 90,
      state: "pending",
      reason: "",
      rows: 7,
      oldest: null,
      bytesOnDisk: 0,
    });
    const changed = await jsonOf(await put({ logs: 30, events: null }, "admin"), kinds);
    assert.deepEqual(
      changed.kinds.map(({ kind, days }) => [kind, days]),
      [
        ["logs", 30],
        ["events", 0],
      ],
    );
    await assertError(await put({ logs: 30 }, "query"), 403, /want the role admin/);
    await assertError(await put({ logs: 0 }, "admin"), 400, /logs/);
    await assertError(await put({ dreams: 5 }, "admin"), 400, /unknown field "dreams"/);
  });

  test("a stream answers what it cannot read, and goes on", async () => {
    await using stream = await openStream({ cookie: await login(), origin: gateway.url });
    stream.say({ subscribe: { id: "a", stream: "nonsense" } });
    assert.match(JSON.stringify(await stream.next()), /cannot read the message/);
    stream.say({ subscribe: { id: "a", stream: "logs", filters: { minSeverity: "awful" } } });
    assert.match(JSON.stringify(await stream.next()), /cannot read severity/);
    stream.say({ subscribe: { id: "a", stream: "logs" } });
    assert.deepEqual(await stream.next(), { id: "a", subscribed: "logs" });
  });

  test("a stream ends with the login that opened it", async () => {
    const cookie = await login();
    await using stream = await openStream({ cookie, origin: gateway.url });
    await fetch(`${gateway.url}/v1/session`, { method: "DELETE", headers: { cookie } });
    assert.equal(await stream.closed, 1008);
  });

  test("a connection that is reset while it is let in harms nobody", async () => {
    const { hostname, port } = new URL(gateway.url);
    const uncaught: unknown[] = [];
    const note = (error: unknown) => uncaught.push(error);
    process.on("uncaughtException", note);
    for (let round = 0; round < 20; round++) {
      const socket = connect(Number(port), hostname);
      await once(socket, "connect");
      const cookie = `sightline_session=${"x".repeat(43)}`;
      const upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13";
      const key = "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==";
      const head = `GET /v1/stream HTTP/1.1\r\nHost: x\r\n${upgrade}\r\n${key}\r\nCookie: ${cookie}\r\n\r\n`;
      await new Promise((resolve) => socket.write(head, resolve));
      socket.resetAndDestroy();
    }
    assert.equal((await gateway.get("/v1/events")).status, 200);
    process.off("uncaughtException", note);
    assert.deepEqual(uncaught, []);
  });

  test("a stream is refused without a login, and from another site", async () => {
    await assert.rejects(openStream({}), /401/);
    await assert.rejects(openStream({ cookie: await login(), origin: "https://evil.example" }), /403/);
  });
});
