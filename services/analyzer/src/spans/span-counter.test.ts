import assert from "node:assert/strict";
import { test } from "node:test";
import { spansConfig } from "./config.ts";
import { metricsPayloads } from "./metrics-payload.ts";
import { counting, edgesOf, payloadOf, startMs, type TestSpan } from "./testing/counting.ts";

const web = { service: "web", kind: "client", id: 1 } as const;
const shop = { service: "shop", kind: "server", id: 2, parent: 1 } as const;

test("edges of the service graph", async (t) => {
  const cases: readonly {
    readonly name: string;
    readonly spans: readonly TestSpan[];
    readonly want: Readonly<Record<string, number>>;
    readonly unpaired?: Readonly<Record<string, number>>;
  }[] = [
    { name: "a client and its server", spans: [web, shop], want: { "web > shop": 1 } },
    { name: "in the other order", spans: [shop, web], want: { "web > shop": 1 } },
    { name: "spans inside of a service are none", spans: [{ ...web, kind: "internal" }], want: {} },
    {
      name: "a root server is called by users",
      spans: [{ service: "shop", kind: "server", id: 2 }],
      want: { "user > shop (virtual_node)": 1 },
    },
    {
      name: "or by whom it names",
      spans: [{ service: "shop", kind: "server", id: 2, attributes: { "peer.service": "cron" } }],
      want: { "cron > shop (virtual_node)": 1 },
    },
    {
      name: "a client whose server is silent, by its name",
      spans: [{ ...web, attributes: { "peer.service": "stripe" } }],
      want: { "web > stripe (virtual_node)": 1 },
    },
    { name: "a client whose server nobody knows", spans: [web], want: {}, unpaired: { "web > ?": 1 } },
    { name: "a server whose client is lost", spans: [shop], want: {}, unpaired: { "? > shop": 1 } },
    {
      name: "a database by its address",
      spans: [{ ...web, attributes: { "db.system": "postgresql", "server.address": "db-1" } }],
      want: { "web > db-1 (database)": 1 },
    },
    {
      name: "a database by its name, and by its product",
      spans: [
        { ...web, attributes: { "db.system.name": "postgresql", "db.namespace": "orders" } },
        { ...web, id: 3, attributes: { "db.system": "redis" } },
        {
          ...web,
          id: 4,
          attributes: { "db.system": "mysql", "network.peer.address": "10.0.0.7", "network.peer.port": 3306 },
        },
      ],
      want: {
        "web > orders (database)": 1,
        "web > redis (database)": 1,
        "web > 10.0.0.7:3306 (database)": 1,
      },
    },
    {
      name: "a queue between producer and consumers",
      spans: [
        {
          service: "shop",
          kind: "producer",
          id: 1,
          attributes: { "messaging.system": "nats", "messaging.destination.name": "orders.created" },
        },
        {
          service: "mail",
          kind: "consumer",
          id: 2,
          parent: 1,
          attributes: { "messaging.system": "nats", "messaging.destination.name": "orders.created" },
        },
        {
          service: "stock",
          kind: "consumer",
          id: 3,
          parent: 1,
          attributes: { "messaging.system": "nats", "messaging.destination.name": "orders.created" },
        },
      ],
      want: {
        "shop > nats/orders.created (messaging_system)": 1,
        "nats/orders.created > mail (messaging_system)": 1,
        "nats/orders.created > stock (messaging_system)": 1,
        "shop > mail (messaging_system)": 1,
        "shop > stock (messaging_system)": 1,
      },
    },
    {
      name: "a consumer that comes first, of a queue without a name",
      spans: [
        { service: "mail", kind: "consumer", id: 2, parent: 1 },
        { service: "shop", kind: "producer", id: 1 },
      ],
      want: { "shop > mail (messaging_system)": 1 },
    },
    {
      name: "answers have no node of their own, and clients of queues no other end",
      spans: [
        {
          service: "shop",
          kind: "client",
          id: 1,
          attributes: { "messaging.system": "nats", "messaging.destination.name": "_INBOX.xyz.1" },
        },
        {
          service: "shop",
          kind: "producer",
          id: 2,
          attributes: {
            "messaging.system": "rabbitmq",
            "messaging.destination.name": "amq.gen-1",
            "messaging.destination.temporary": true,
          },
        },
      ],
      want: { "shop > nats (messaging_system)": 1, "shop > rabbitmq (messaging_system)": 1 },
    },
    {
      name: "a template rather than a name",
      spans: [
        {
          service: "shop",
          kind: "producer",
          id: 1,
          attributes: {
            "messaging.system": "kafka",
            "messaging.destination.name": "user-17",
            "messaging.destination.template": "user-{id}",
          },
        },
      ],
      want: { "shop > kafka/user-{id} (messaging_system)": 1 },
    },
  ];
  for (const { name, spans, want, unpaired = {} } of cases) {
    await t.test(name, () => {
      const { counter, count, published } = counting();
      count(...spans);
      counter.expire(startMs + 11_000);
      const values = published();
      assert.deepEqual(edgesOf(values), want);
      assert.deepEqual(edgesOf(values, "unpaired_spans"), unpaired);
    });
  }
});

test("a request has the time and the failure of either end", () => {
  const { count, published } = counting();
  count({ ...web, seconds: 0.5 }, { ...shop, seconds: 0.25, failed: true });
  const values = published();
  const labels = '{client="web",server="shop"}';
  assert.equal(values.get(`traces_service_graph_request_failed_total${labels}`), 1);
  assert.equal(values.get(`traces_service_graph_request_client_seconds_sum${labels}`), 0.5);
  assert.equal(values.get(`traces_service_graph_request_server_seconds_sum${labels}`), 0.25);
});

test("a message has the time from its sending to its receipt", () => {
  const { count, published } = counting();
  count(
    { service: "shop", kind: "producer", id: 1, seconds: 0.1 },
    { service: "mail", kind: "consumer", id: 2, parent: 1, atMs: 350 },
  );
  const labels = '{client="shop",server="mail",connection_type="messaging_system"}';
  const seconds = published().get(`traces_service_graph_request_messaging_system_seconds_sum${labels}`) ?? Number.NaN;
  assert.ok(Math.abs(seconds - 0.25) < 1e-6, String(seconds));
});

test("spans are counted by what tells them apart", () => {
  const metrics = {
    ...spansConfig.parse({}).metrics,
    dimensions: ["http.status_code", "env", "service"],
    statusMessage: true,
  };
  const { count, published } = counting({ metrics });
  const resource = { env: "production", service: "of the resource" };
  const span = { service: "shop", kind: "server", id: 1, name: "GET /", resource, seconds: 0.01 } as const;
  count(
    { ...span, attributes: { "http.status_code": 200 } },
    { ...span, attributes: { "http.status_code": "200" } },
    { ...span, attributes: { "http.status_code": 500, env: "canary" }, failed: true },
  );
  const values = published();
  const ok =
    '{service="shop",span_name="GET /",span_kind="SPAN_KIND_SERVER",status_code="STATUS_CODE_UNSET",http_status_code="200",env="production",__service="of the resource"}';
  const failed =
    '{service="shop",span_name="GET /",span_kind="SPAN_KIND_SERVER",status_code="STATUS_CODE_ERROR",status_message="no",http_status_code="500",env="canary",__service="of the resource"}';
  assert.equal(values.get(`traces_spanmetrics_calls_total${ok}`), 2);
  assert.equal(values.get(`traces_spanmetrics_calls_total${failed}`), 1);
  assert.equal(values.get(`traces_spanmetrics_latency_count${ok}`), 2);
  assert.ok((values.get(`traces_spanmetrics_size_total${failed}`) ?? 0) > 50);
});

test("a new series begins with a zero, and is forgotten when it is silent", () => {
  const { counter, count } = counting();
  count(web, shop);
  const points = (nowMs: number) => {
    let sum = 0;
    for (const [tenant, families] of counter.families()) {
      for (const { points } of metricsPayloads(families, { unixNano: BigInt(nowMs) * 1_000_000n, maxBytes: 1e6 }))
        sum += points;
      counter.published(tenant, nowMs);
    }
    return sum;
  };
  const first = points(startMs + 15_000);
  assert.equal(first, points(startMs + 30_000) * 2);
  counter.forget(startMs + 1000 + 900_001);
  assert.deepEqual(counter.size(), { series: 0, waiting: 0, weight: 1 });
  assert.equal(points(startMs + 1_000_000), 0);
});

test("of too many series the first are kept, and the drops are counted", () => {
  const { count, published, dropped } = counting({
    maxSeries: () => 6,
    graph: { ...spansConfig.parse({}).graph, enabled: false },
  });
  count(...["a", "b", "c"].map((name, id) => ({ service: "shop", kind: "internal", id, name }) as const));
  const calls = [...published().keys()].filter((series) => series.startsWith("traces_spanmetrics_calls_total"));
  assert.equal(calls.length, 2);
  assert.deepEqual(dropped, ["series"]);
});

test("a span that cannot wait is counted as dropped", () => {
  const { count, published, dropped } = counting({ graph: { ...spansConfig.parse({}).graph, maxWaiting: 1 } });
  count(web, { ...web, service: "app", id: 5 });
  assert.deepEqual(edgesOf(published(), "dropped_spans"), { "app > ?": 1 });
  assert.deepEqual(dropped, ["waiting"]);
});

test("spans that are too old or of a tenant without series are not counted", () => {
  const { count, published, dropped } = counting();
  count({ ...web, atMs: -120_000 });
  assert.deepEqual(dropped, ["late"]);
  assert.equal(published().size, 0);
  const none = counting({ maxSeries: () => 0 });
  none.count(web, shop);
  assert.equal(none.published().size, 0);
});

test("destinations beyond the limit are their system", () => {
  const { count, published } = counting({ graph: { ...spansConfig.parse({}).graph, maxDestinations: 1 } });
  const sent = ["a", "b", "c"].map(
    (destination, id) =>
      ({
        service: "shop",
        kind: "producer",
        id,
        attributes: { "messaging.system": "nats", "messaging.destination.name": destination },
      }) as const,
  );
  count(...sent);
  assert.deepEqual(edgesOf(published()), {
    "shop > nats/a (messaging_system)": 1,
    "shop > nats (messaging_system)": 2,
  });
});

test("of many spans a part of the traces is counted, for all of them", () => {
  const { counter, published } = counting({ maxSpansPerSecond: 400 });
  const call = (trace: number): TestSpan[] => [
    { service: "web", kind: "client", id: 1, trace, atMs: 500, seconds: 0.5 },
    { service: "api", kind: "server", id: 2, parent: 1, trace, atMs: 500, seconds: 0.25, failed: true },
  ];
  const traces = Array.from({ length: 800 }, (_, at) => Math.floor((at / 800) * 2 ** 32));
  const count = (afterMs: number, spans: readonly TestSpan[]) =>
    counter.count(
      { tenant: "default", payload: payloadOf(spans), receivedUnixNano: BigInt(startMs + 1000) * 1_000_000n },
      startMs + afterMs,
    );
  count(0, traces.flatMap(call));
  const before = published();
  count(1000, traces.flatMap(call));
  assert.equal(counter.size().weight, 4);
  // One end without the other, around the change: nobody knows whether the other was left out.
  count(1500, [{ service: "web", kind: "client", id: 3, trace: 0, attributes: { "peer.service": "away" } }]);
  counter.expire(startMs + 60_000);
  const after = published();
  const rise = (series: string) => (after.get(series) ?? 0) - (before.get(series) ?? 0);
  assert.equal(rise('traces_service_graph_request_total{client="web",server="api"}'), 800);
  assert.equal(rise('traces_service_graph_request_failed_total{client="web",server="api"}'), 800);
  const names = [...after.keys()];
  assert.ok(!names.some((name) => /away|unpaired/.test(name)));
  const calls = names.find((name) => name.startsWith("traces_spanmetrics_calls_total") && name.includes("api")) ?? "";
  assert.equal(rise(calls), 800);
});

test("a tenant that may have no series any more has none after the next publication", () => {
  let maxSeries = 100;
  const { counter, count, published } = counting({ maxSeries: () => maxSeries });
  count(web, shop);
  assert.ok(published().size > 0);
  maxSeries = 0;
  counter.forget(startMs + 15_000);
  count(web, shop);
  assert.equal(published().size, 0);
});
