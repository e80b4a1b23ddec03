// What every kind of inbound source promises, by the public door, with real Postgres and NATS: what is right is taken once, what is not is
// said, and nobody sends for another.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { subscribeLive } from "@sightline/bus/live";
import { EventBatch, type SystemEvent } from "@sightline/proto/sightline/event/v1/event";
import { eventually } from "@sightline/testkit/eventually";
import { z } from "zod";
import { internalToken, startGateway, type TestGateway } from "../testing/gateway.ts";
import { startTakingAlerter } from "./testing/alerter.ts";
import { KIND_SAMPLES, type KindSample, type Sample, SECRET } from "./testing/samples.ts";

const addressForm = z.object({ sourceId: z.string(), path: z.string(), prefix: z.string() });
type Address = z.infer<typeof addressForm>;
const receiptForm = z.object({
  duplicate: z.boolean(),
  alerts: z.number(),
  events: z.number(),
  dropped: z.array(z.object({ reason: z.string(), what: z.string(), count: z.number() })),
});
const sourceForm = z.looseObject({
  name: z.string(),
  hasSecret: z.boolean(),
  lastReceived: z.string().nullable(),
  lastProblem: z.string(),
});

describe("inbound sources", { timeout: 120_000 }, () => {
  const closers = new AsyncDisposableStack();
  after(() => closers.disposeAsync());
  let alerter: Awaited<ReturnType<typeof startTakingAlerter>>;
  let gateway: TestGateway;
  const events: (SystemEvent & { readonly tenant: string })[] = [];

  before(async () => {
    alerter = closers.use(await startTakingAlerter(internalToken));
    gateway = closers.use(await startGateway({ alerter: { address: alerter.address } }));
    const onMessage = ({ payload, tenant }: { payload: Uint8Array; tenant: string }) => {
      events.push(...EventBatch.decode(payload).events.map((event) => ({ ...event, tenant })));
    };
    closers.defer(subscribeLive(gateway.bus, { subjects: ["inbound"], as: "gateway", onMessage }));
  });

  const asAdmin = () => ({ authorization: `Bearer ${gateway.key("admin")}` });
  const manage = (method: string, path: string, body?: object) =>
    fetch(gateway.url + path, {
      method,
      headers: { ...asAdmin(), "content-type": "application/json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });

  async function create({ kind, settings = {} }: KindSample, name: string, secret = ""): Promise<Address> {
    const response = await manage("POST", "/v1/inbound-sources", { name, kind, secret, settings });
    assert.equal(response.status, 200, await response.clone().text());
    return addressForm.parse(await response.json());
  }

  const send = ({ path }: Pick<Address, "path">, { headers, payload }: Sample, more: Record<string, string> = {}) =>
    gateway.post(path, payload, { ...headers, ...more });

  async function taken(response: Response): Promise<z.infer<typeof receiptForm>> {
    assert.equal(response.status, 200, await response.clone().text());
    return receiptForm.parse(await response.json());
  }

  const sourceOf = async ({ sourceId }: Address) =>
    sourceForm.parse(await (await manage("GET", `/v1/inbound-sources/${sourceId}`)).json());

  const eventsOf = (name: string) => events.filter(({ source }) => source === `inbound:${name}`);
  const alertsOf = (name: string) => alerter.taken.filter(({ labels }) => labels["inbound"] === name);
  const firingOf = (name: string) => alertsOf(name).filter(({ endsAtUnixMs }) => Number(endsAtUnixMs) > Date.now());

  for (const sample of KIND_SAMPLES) {
    const { kind, fires, resolves, half, garbage, sign, hasIds } = sample;

    test(`${kind}: what fires becomes an alert and an event, and what is over ends it`, async () => {
      const name = `${kind}-taken`;
      const source = await create(sample, name);
      const begun = await taken(await send(source, fires("t1")));
      assert.deepEqual([firingOf(name).length, begun.events, begun.dropped], [1, 1, []]);
      const over = await taken(await send(source, resolves("t2")));
      assert.ok(over.alerts >= 1);
      const [alert] = firingOf(name);
      assert.equal(alert?.tenant, "default");
      const ended = alertsOf(name).slice(begun.alerts);
      const end = ended.find(({ labels }) => JSON.stringify(labels) === JSON.stringify(alert.labels));
      assert.ok(
        end !== undefined && Number(end.endsAtUnixMs) <= Date.now(),
        JSON.stringify(ended.map((one) => one.labels)),
      );
      const told = await eventually(() => {
        const own = eventsOf(name);
        assert.equal(own.length, 2);
        return own;
      });
      assert.equal(new Set(told.map(({ eventId }) => eventId)).size, 2);
      assert.deepEqual(new Set(told.map(({ tenant }) => tenant)), new Set(["default"]));
      assert.deepEqual(
        [(await sourceOf(source)).lastProblem, typeof (await sourceOf(source)).lastReceived],
        ["", "string"],
      );
    });

    test(`${kind}: what comes twice is taken once`, async () => {
      const name = `${kind}-twice`;
      const source = await create(sample, name);
      await taken(await send(source, fires("same")));
      const again = await taken(await send(source, fires("same")));
      if (hasIds) {
        assert.deepEqual([again.duplicate, again.alerts, again.events], [true, 0, 0]);
        assert.equal(firingOf(name).length, 1);
      } else {
        // The same alert and the same event, whoever counts them.
        const [first, second] = alertsOf(name);
        assert.deepEqual(first?.labels, second?.labels);
        assert.deepEqual(first?.startsAtUnixMs, second?.startsAtUnixMs);
      }
      assert.equal(new Set(eventsOf(name).map(({ eventId }) => eventId)).size, 1);
    });

    if (half !== undefined) {
      test(`${kind}: the right half is taken, and the other one named`, async () => {
        const source = await create(sample, `${kind}-half`);
        const { alerts, dropped } = await taken(await send(source, half));
        assert.equal(alerts, 1);
        assert.ok(dropped.length > 0);
        assert.match((await sourceOf(source)).lastProblem, /1|2/);
      });
    }

    test(`${kind}: garbage, and what is too large, is the sender's error`, async () => {
      const source = await create(sample, `${kind}-garbage`);
      const refused = await send(source, garbage);
      assert.equal(refused.status, 400, await refused.text());
      assert.notEqual((await sourceOf(source)).lastProblem, "");
      const cases: [body: string, status: number][] = [
        ["{", 400],
        ["", 400],
        ["[".repeat(100_000), 400],
        [`"${"x".repeat(3 * 1024 * 1024)}"`, 413],
      ];
      for (const [body, want] of cases) {
        const response = await gateway.post(source.path, body, garbage.headers);
        assert.equal(response.status, want, body.slice(0, 20));
      }
      assert.equal(alertsOf(`${kind}-garbage`).length, 0);
    });

    test(`${kind}: with a secret nobody else is believed`, async () => {
      const name = `${kind}-secret`;
      const source = await create(sample, name, SECRET);
      const signed = fires("signed");
      const body = JSON.stringify(signed.payload);
      const refused: Record<string, string>[] = [{}, sign(body, "guessed")];
      for (const headers of refused) assert.equal((await send(source, signed, headers)).status, 401);
      assert.equal(alertsOf(name).length, 0);
      // Whoever guesses is not to be read about where the source's troubles are told.
      assert.deepEqual((await sourceOf(source)).lastReceived, null);
      await taken(await send(source, signed, sign(body, SECRET)));
      assert.equal(firingOf(name).length, 1);
    });

    test(`${kind}: an outage of ours is one, and nothing is lost by it`, async () => {
      const name = `${kind}-outage`;
      const source = await create(sample, name);
      alerter.setUp(false);
      try {
        const response = await send(source, fires("later"));
        assert.equal(response.status, 503, await response.text());
        assert.ok(Number(response.headers.get("retry-after")) > 0);
      } finally {
        alerter.setUp(true);
      }
      const again = await taken(await send(source, fires("later")));
      assert.deepEqual([again.duplicate, firingOf(name).length], [false, 1]);
    });
  }

  const [any] = KIND_SAMPLES;
  assert.ok(any);

  test("an address is of one kind and one source, until it gets another one", async () => {
    const source = await create(any, "address");
    const asAnother = { path: source.path.replace("/alertmanager/", "/grafana/") };
    const cut = { path: source.path.slice(0, -1) };
    for (const wrong of [asAnother, cut, { path: "/v1/inbound/alertmanager/none" }]) {
      assert.equal((await send(wrong, any.fires("1"))).status, 404);
    }
    const renewed = addressForm.parse(
      await (await manage("POST", `/v1/inbound-sources/${source.sourceId}/token`)).json(),
    );
    assert.equal((await send(source, any.fires("1"))).status, 404);
    await taken(await send(renewed, any.fires("1")));
    assert.equal((await manage("DELETE", `/v1/inbound-sources/${source.sourceId}`)).status, 200);
    assert.equal((await send(renewed, any.fires("1"))).status, 404);
    assert.equal((await manage("GET", `/v1/inbound-sources/${source.sourceId}`)).status, 404);
  });

  test("a source is its tenant's: its alerts are, and nobody else sees or changes it", async () => {
    const made = await manage("POST", "/v1/tenants", { tenant: "other" });
    const { key } = z.looseObject({ key: z.string() }).parse(await made.json());
    const asOther = { authorization: `Bearer ${key}`, "content-type": "application/json" };
    const body = JSON.stringify({ name: "of the other", kind: any.kind });
    const response = await fetch(`${gateway.url}/v1/inbound-sources`, { method: "POST", headers: asOther, body });
    const source = addressForm.parse(await response.json());
    await taken(await send(source, any.fires("1")));
    assert.deepEqual(
      alertsOf("of the other").map(({ tenant }) => tenant),
      ["other"],
    );
    const path = `/v1/inbound-sources/${source.sourceId}`;
    for (const [method, own] of [
      ["GET", path],
      ["PUT", path],
      ["DELETE", path],
      ["POST", `${path}/token`],
    ] as const) {
      const sent = method === "PUT" ? { name: "mine", settings: {} } : undefined;
      assert.equal((await manage(method, own, sent)).status, 404, method);
    }
    const listed = await (await manage("GET", "/v1/inbound-sources")).text();
    assert.ok(!listed.includes("of the other"));
    await taken(await send(source, any.resolves("2")));
  });

  test("a delivery of which nothing was taken is taken when it can be, and one that comes again says nothing new", async () => {
    const mapping = { labels: { alertname: "{{ .name }}" }, status: "{{ .state }}", items: "/all" };
    const settings = { mapping };
    const source = await create({ ...any, kind: "generic", settings }, "mended");
    const delivery = { headers: { "idempotency-key": "1" }, payload: { all: [{ name: "a", state: "sideways" }] } };
    for (let sent = 0; sent < 2; sent++) assert.equal((await send(source, delivery)).status, 400);
    assert.match((await sourceOf(source)).lastProblem, /sideways/);
    const mended = { name: "mended", settings: { mapping: { ...mapping, firing: ["sideways"] } } };
    assert.equal((await manage("PUT", `/v1/inbound-sources/${source.sourceId}`, mended)).status, 200);
    const { duplicate, alerts } = await taken(await send(source, delivery));
    assert.deepEqual([duplicate, alerts, firingOf("mended").length], [false, 1, 1]);

    const half = { ...delivery, headers: { "idempotency-key": "2" }, payload: { all: [...delivery.payload.all, 7] } };
    assert.equal((await taken(await send(source, half))).duplicate, false);
    const { lastProblem } = await sourceOf(source);
    assert.notEqual(lastProblem, "");
    assert.equal((await taken(await send(source, half))).duplicate, true);
    assert.equal((await sourceOf(source)).lastProblem, lastProblem);
  });

  test("of equal deliveries that come at the same moment one is taken, and the others come again", async () => {
    const mapping = { labels: { alertname: "{{ .name }}" }, status: "{{ .state }}", items: "/all" };
    const source = await create({ ...any, kind: "generic", settings: { mapping } }, "at once");
    const delivery = { headers: { "idempotency-key": "1" }, payload: { all: [{ name: "a", state: "firing" }] } };
    const sent = await Promise.all(Array.from({ length: 8 }, () => send(source, delivery)));
    const taking = sent.filter(({ status }) => status !== 503);
    const receipts = await Promise.all(taking.map((response) => taken(response)));
    assert.equal(receipts.filter(({ duplicate }) => !duplicate).length, 1);
    assert.equal(firingOf("at once").length, 1);
    for (const later of sent.filter(({ status }) => status === 503)) {
      assert.ok(Number(later.headers.get("retry-after")) > 0);
      assert.match(await later.text(), /being taken at this moment/);
    }
    assert.equal((await taken(await send(source, delivery))).duplicate, true);
  });

  test("what is put is what holds, and nobody sees secrets", async () => {
    const source = await create(any, "to be changed", SECRET);
    const put = (body: object) => manage("PUT", `/v1/inbound-sources/${source.sourceId}`, body);
    const changed = await put({ name: "changed", settings: { labels: { team: "web" } } });
    const text = await changed.text();
    assert.equal(changed.status, 200, text);
    assert.ok(!text.includes(SECRET));
    assert.equal((await send(source, any.fires("1"))).status, 401, "it keeps its secret");
    await put({ name: "changed", secret: "", settings: { labels: { team: "web" } } });
    await taken(await send(source, any.fires("1")));
    assert.equal(alertsOf("changed")[0]?.labels["team"], "web");
    const wrong: [body: object, status: number][] = [
      [{ name: "address", settings: {}, mapping: {} }, 400],
      [{ name: "changed", settings: { mapping: { labels: { alertname: "x" } } } }, 400],
      [{ name: "", settings: {} }, 400],
      [{ name: "alertmanager-taken", settings: {} }, 409],
    ];
    for (const [body, status] of wrong) assert.equal((await put(body)).status, status, JSON.stringify(body));
    assert.equal((await manage("POST", "/v1/inbound-sources", { name: "g", kind: "generic" })).status, 400);
    const asReader = await gateway.post(
      "/v1/inbound-sources",
      { name: "r", kind: "github" },
      {
        authorization: `Bearer ${gateway.key("query")}`,
      },
    );
    assert.equal(asReader.status, 403);
  });

  test("what a payload would become is said, and nothing comes of it", async () => {
    const generic = KIND_SAMPLES.find(({ kind }) => kind === "generic");
    assert.ok(generic);
    const before = alerter.taken.length;
    const body = { kind: "generic", settings: generic.settings, payload: generic.fires("1").payload };
    const response = await manage("POST", "/v1/inbound-sources/try", body);
    const told = z
      .looseObject({
        alerts: z.array(z.looseObject({ labels: z.record(z.string(), z.string()), startsAt: z.string() })),
      })
      .parse(await response.json());
    assert.deepEqual(told.alerts[0]?.labels, {
      alertname: "CheckFailed",
      check: "login page",
      from: "prober",
      inbound: "try",
    });
    assert.equal(told.alerts[0]?.startsAt, "2026-11-21T10:00:00.000Z");
    assert.equal(alerter.taken.length, before);
  });
});
