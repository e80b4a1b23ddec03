// What Slack sends when somebody presses a button, by the public door, with real Postgres and NATS: only Slack is believed, once, and it
// has its answer in time.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { request } from "node:http";
import { after, before, describe, test } from "node:test";
import { invalid } from "@sightline/errors/app-error";
import { z } from "zod";
import { internalToken, startGateway, type TestGateway } from "../../testing/gateway.ts";
import { startTakingAlerter } from "../testing/alerter.ts";
import { verifySlack } from "./verify.ts";

const SECRET = "8f742231b10e8888abcd99yyyzzz85a5";

test("a request is believed that is signed as Slack documents it, for five minutes", () => {
  // The example of docs.slack.dev, authentication/verifying-requests-from-slack.
  const body =
    "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar" +
    "&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com" +
    "%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10" +
    "d2c447fce8b6703c";
  const sent = {
    "x-slack-signature": "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
    "x-slack-request-timestamp": "1531420618",
  };
  const f = (change: Partial<typeof sent>, nowSeconds: number, want: RegExp | undefined) => {
    const headers = new Map(Object.entries({ ...sent, ...change }));
    const header = (name: string) => headers.get(name);
    const wrong = verifySlack({ header, body: Buffer.from(body) }, SECRET, nowSeconds * 1000);
    if (want === undefined) assert.equal(wrong, undefined);
    else assert.match(wrong ?? "", want);
  };
  const atSeconds = 1531420618;
  f({}, atSeconds, undefined);
  f({}, atSeconds + 300, undefined);
  f({}, atSeconds + 301, /x-slack-request-timestamp: got "1531420618", want a time within five minutes/);
  f({}, atSeconds - 301, /within five minutes/);
  f({ "x-slack-request-timestamp": "1531420619" }, atSeconds, /does not fit/);
  for (const other of ["", "NaN", "1.5314e9", "0x5b4793ca", "Infinity", "1531420618 "]) {
    f({ "x-slack-request-timestamp": other }, atSeconds, /within five minutes/);
  }
  f({ "x-slack-signature": sent["x-slack-signature"].slice(0, -1) }, atSeconds, /does not fit/);
  f({ "x-slack-signature": sent["x-slack-signature"].toUpperCase() }, atSeconds, /does not fit/);
  f({ "x-slack-signature": "" }, atSeconds, /does not fit/);
});

describe("what Slack sends when somebody presses a button", { timeout: 120_000 }, () => {
  const closers = new AsyncDisposableStack();
  after(() => closers.disposeAsync());
  let alerter: Awaited<ReturnType<typeof startTakingAlerter>>;
  let gateway: TestGateway;
  before(async () => {
    alerter = closers.use(await startTakingAlerter(internalToken));
    gateway = closers.use(await startGateway({ alerter: { address: alerter.address } }));
  });

  const manage = (method: string, path: string, body?: object) =>
    fetch(gateway.url + path, {
      method,
      headers: { authorization: `Bearer ${gateway.key("admin")}`, "content-type": "application/json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });

  async function create(name: string): Promise<{ path: string; sourceId: string }> {
    const response = await manage("POST", "/v1/inbound-sources", { name, kind: "slack", secret: SECRET });
    assert.equal(response.status, 200, await response.clone().text());
    return z.looseObject({ path: z.string(), sourceId: z.string() }).parse(await response.json());
  }

  const problemOf = async ({ sourceId }: { sourceId: string }) => {
    const response = await manage("GET", `/v1/inbound-sources/${sourceId}`);
    return z.looseObject({ lastProblem: z.string() }).parse(await response.json()).lastProblem;
  };

  interface Sending {
    readonly secret?: string;
    readonly atSeconds?: number;
    readonly headers?: Readonly<Record<string, string>>;
  }

  const nowSeconds = () => Math.floor(Date.now() / 1000);
  const formOf = (payload: unknown) => `payload=${encodeURIComponent(JSON.stringify(payload))}`;

  /** As Slack sends it. */
  function send(path: string, body: string, { secret = SECRET, atSeconds = nowSeconds(), headers = {} }: Sending = {}) {
    const hmac = createHmac("sha256", secret).update(`v0:${atSeconds}:${body}`).digest("hex");
    return fetch(gateway.url + path, {
      method: "POST",
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        "x-slack-request-timestamp": String(atSeconds),
        "x-slack-signature": `v0=${hmac}`,
        ...headers,
      },
      body,
    });
  }

  /** One that nobody has pressed before. */
  const pressed = () => ({ type: "block_actions", trigger_id: crypto.randomUUID(), user: { username: "änn & co" } });
  const payloads = () =>
    alerter.pressed.map(({ channel, tenant, payload }) => [channel, tenant, JSON.parse(payload.toString())]);

  test("what is pressed reaches the alerter, for the source's tenant, and the answer is empty", async () => {
    const { path } = await create("pressed");
    const payload = pressed();
    const response = await send(path, formOf(payload));
    assert.deepEqual([response.status, await response.text()], [200, ""]);
    assert.deepEqual(payloads().at(-1), ["slack", "default", payload]);
  });

  test("nobody else is believed, and what is sent again does nothing", async () => {
    const source = await create("believed");
    const before = alerter.pressed.length;
    const body = formOf(pressed());
    const refusals: Sending[] = [
      { secret: "guessed" },
      { secret: "" },
      { atSeconds: nowSeconds() - 400 },
      { atSeconds: nowSeconds() + 400 },
      { headers: { "x-slack-signature": "v0=" } },
      { headers: { "x-slack-request-timestamp": String(nowSeconds() - 1) } },
    ];
    for (const refused of refusals) {
      assert.equal((await send(source.path, body, refused)).status, 401, JSON.stringify(refused));
    }
    assert.equal((await gateway.post(source.path, pressed())).status, 401);
    assert.deepEqual([alerter.pressed.length, await problemOf(source)], [before, ""]);
    const atSeconds = nowSeconds();
    for (let sent = 0; sent < 3; sent++) assert.equal((await send(source.path, body, { atSeconds })).status, 200);
    assert.equal(alerter.pressed.length, before + 1);
    assert.equal((await send(`${source.path}x`, body)).status, 404);
    assert.equal((await send(source.path.replace("/slack/", "/generic/"), body)).status, 404);
  });

  test("what is no payload is refused in words, and told where the source is looked at", async () => {
    const source = await create("malformed");
    const before = alerter.pressed.length;
    for (const body of ["", "payload=", "payload=%7B", "text=hello", `payload=${"[".repeat(100_000)}`]) {
      assert.equal((await send(source.path, body)).status, 400, body.slice(0, 20));
    }
    assert.equal((await send(source.path, `payload="${"x".repeat(3 * 1024 * 1024)}"`)).status, 413);
    assert.match(await problemOf(source), /got JSON nested deeper/);
    alerter.waitFor(async () => {
      throw invalid("cannot read the interaction: actions: want one");
    });
    try {
      const refused = await send(source.path, formOf(pressed()));
      assert.equal(refused.status, 400);
      assert.match(await refused.text(), /actions: want one/);
    } finally {
      alerter.waitFor(async () => undefined);
    }
    assert.match(await problemOf(source), /actions: want one/);
    assert.equal(alerter.pressed.length, before);
  });

  test("an outage of ours is one, and Slack has its answer within three seconds", async () => {
    const { path } = await create("outage");
    const body = formOf(pressed());
    alerter.setUp(false);
    try {
      assert.equal((await send(path, body)).status, 503);
    } finally {
      alerter.setUp(true);
    }
    const { promise: never, resolve } = Promise.withResolvers<void>();
    alerter.waitFor(() => never);
    try {
      const started = performance.now();
      const response = await send(path, body);
      assert.ok(performance.now() - started < 3000);
      assert.ok(response.status >= 500 && response.status !== 500, `${response.status}`);
    } finally {
      resolve();
      alerter.waitFor(async () => undefined);
    }
    assert.equal((await send(path, body)).status, 200);
  });

  test("whoever does not wait has an answer though its request does not end", async () => {
    const { path } = await create("slow");
    const started = performance.now();
    const sending = request(gateway.url + path, { method: "POST", headers: { "content-length": 100 } });
    sending.on("error", () => undefined).write("payload=");
    const [response] = await once(sending, "response");
    assert.equal(response.statusCode, 503);
    assert.ok(performance.now() - started < 3000);
    sending.destroy();
  });

  test("a source has the app's signing secret, and keeps one", async () => {
    const without = await manage("POST", "/v1/inbound-sources", { name: "open", kind: "slack" });
    assert.equal(without.status, 400);
    assert.match(await without.text(), /secret: got none, want the one by which slack signs/);
    const { path, sourceId } = await create("kept");
    const put = (body: object) =>
      manage("PUT", `/v1/inbound-sources/${sourceId}`, { name: "kept", settings: {}, ...body });
    assert.equal((await put({ secret: "" })).status, 400);
    assert.equal((await put({})).status, 200);
    assert.equal((await send(path, formOf(pressed()))).status, 200);
    assert.equal((await put({ secret: "another" })).status, 200);
    assert.equal((await send(path, formOf(pressed()))).status, 401);
  });

  test("each of them was counted", async () => {
    const counted = await gateway.counted("sightline_inbound_requests_total");
    const ofSlack = counted.filter(({ labels, value }) => labels["kind"] === "slack" && value > 0);
    const outcomes = new Set(ofSlack.map(({ labels }) => labels["outcome"]));
    const right = ["taken", "duplicate"];
    const wrong = ["unauthenticated", "not_found", "invalid_argument", "too_large", "unavailable", "deadline_exceeded"];
    assert.deepEqual(outcomes, new Set([...right, ...wrong]));
  });
});
