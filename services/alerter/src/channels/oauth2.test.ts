import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "@sightline/errors/app-error";
import { createIntegration } from "./integrations.ts";
import { createTokens } from "./oauth2.ts";
import { oauth2Settings } from "./settings.ts";
import { type Answer, json, startLoopback, text } from "./testing/loopback.ts";
import { sampleTelling, testRim } from "./testing/sample.ts";

const signal = new AbortController().signal;
const request = { policy: { allowPrivate: true }, remainingMs: () => 5000, signal };
const token = (name: string, expiresIn?: number | string): Answer =>
  json(200, { access_token: name, token_type: "Bearer", expires_in: expiresIn });

function tokensOf(tokenUrl: string, more: object = {}, steadyMs = () => 0) {
  const settings = { clientId: "me:1", clientSecret: "s3 cret", tokenUrl, ...more };
  return createTokens(oauth2Settings.parse(settings), steadyMs);
}

test("a token is asked for by the client's credentials, and again shortly before it is over", async () => {
  await using server = await startLoopback(token("t2", "3600"));
  server.answer(token("t1", 60));
  let nowMs = 0;
  const more = { scopes: ["a", "b"], endpointParams: { audience: "hooks" } };
  const tokens = tokensOf(`${server.url}/token`, more, () => nowMs);
  assert.equal(await tokens.take(request), "t1");
  nowMs = 49_999;
  assert.equal(await tokens.take(request), "t1");
  nowMs = 50_000;
  assert.equal(await tokens.take(request), "t2");
  assert.equal(server.received.length, 2);
  const [first] = server.received;
  assert.equal(first?.headers.authorization, `Basic ${Buffer.from("me%3A1:s3+cret").toString("base64")}`);
  assert.equal(first?.headers["content-type"], "application/x-www-form-urlencoded");
  assert.equal(first?.body, "grant_type=client_credentials&scope=a+b&audience=hooks");
  tokens.forget();
  await tokens.take(request);
  assert.equal(server.received.length, 3);
});

test("who wants the credentials in the body gets them there", async () => {
  await using server = await startLoopback(token("t"));
  server.answer(json(401, { error: "invalid_client" }));
  const tokens = tokensOf(server.url);
  assert.equal(await tokens.take(request), "t");
  tokens.forget();
  assert.equal(await tokens.take(request), "t");
  assert.deepEqual(
    server.received.map(({ headers, body }) => [
      headers.authorization === undefined,
      /client_secret=s3\+cret/.test(body),
    ]),
    [
      [false, false],
      [true, true],
      [true, true],
    ],
  );
});

test("what the server of tokens answers decides whether to try again", async () => {
  const failure = async (answer: Answer, policy = request.policy) => {
    await using server = await startLoopback(answer);
    const thrown = await tokensOf(server.url)
      .take({ ...request, policy })
      .catch(AppError.from);
    return thrown instanceof AppError ? [thrown.code, thrown.retryable] : thrown;
  };
  assert.deepEqual(await failure(text(503)), ["unavailable", true]);
  assert.deepEqual(await failure(text(429)), ["unavailable", true]);
  assert.deepEqual(await failure(json(400, { error: "invalid_client" })), ["unauthenticated", false]);
  assert.deepEqual(await failure(text(200, "no JSON")), ["unauthenticated", false]);
  assert.deepEqual(await failure(token("t"), { allowPrivate: false }), ["permission_denied", false]);
});

test("a channel sends its token, asks for another one that is taken, and shows neither", async () => {
  await using server = await startLoopback(token("first-token", 3600));
  await using receiver = await startLoopback((response, { headers }) => {
    const isTaken = headers.authorization === "Bearer second-token";
    response.writeHead(isTaken ? 200 : 401).end(`got ${headers.authorization}`);
  });
  const oauth2 = { clientId: "me", clientSecret: "s3cret", tokenUrl: server.url };
  const channel = createIntegration("webhook", { url: receiver.url, http: { oauth2 } }, testRim());
  const refused = await channel.send(sampleTelling());
  assert.deepEqual([refused.delivered, refused.failure], [false, "unauthenticated"]);
  assert.doesNotMatch(refused.outcome, /first-token/);
  server.answer(token("second-token"));
  const told = await channel.send(sampleTelling());
  assert.equal(told.delivered, true);
  assert.doesNotMatch(told.outcome, /second-token/);
});
