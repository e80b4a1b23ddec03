import assert from "node:assert/strict";
import { test } from "node:test";
import type { Telling } from "../integration.ts";
import { createIntegration } from "../integrations.ts";
import { createRateLimiter } from "../rate-limit.ts";
import { type Answer, json, type Loopback, startLoopback } from "../testing/loopback.ts";
import { resolvedNotification, sampleNotification, sampleTelling, startMs, testRim } from "../testing/sample.ts";
import { markerOf } from "./render.ts";

const marker = markerOf({ notification: sampleNotification() });
const nothing = json(200, { total_count: 0, items: [] });
const created = json(201, { number: 7, state: "open", html_url: "http://github/7" });

/** Answers as a repository with or without the group's issue would. */
function repository(found: Answer): Answer {
  return (response, received) => (received.method === "GET" ? found : created)(response, received);
}

const calls = ({ received }: Loopback) => received.map(({ method, path }) => `${method} ${path.split("?")[0]}`);

function issues({ url }: Pick<Loopback, "url">, change: object = {}) {
  const settings = { apiUrl: url, token: "t", owner: "acme", repo: "ops", ...change };
  const integration = createIntegration("github", settings, testRim());
  return (telling: Partial<Telling> = {}) => integration.send(sampleTelling(telling));
}

test("a group has one issue: opened, commented on, closed, opened again", async () => {
  await using receiver = await startLoopback(repository(nothing));
  const tell = issues(receiver, { labels: ["alert", "{{ .x }}"], assignees: ["ann"] });
  const opened = await tell();
  assert.deepEqual(opened.receiverData, { issue: 7, state: "open" });
  assert.equal(receiver.received[0]?.headers.authorization, "Bearer t");
  const { title, body, labels, assignees } = JSON.parse(receiver.received[1]?.body ?? "");
  assert.deepEqual([title, labels, assignees], ["CPU is high", ["alert", "CPU is high"], ["ann"]]);
  assert.ok(body.endsWith(`<sub>${marker}</sub>`));

  const known = { receiverData: { issue: 7, state: "open" } };
  const changed = { notification: sampleNotification({ reason: "new alerts added" }) };
  assert.deepEqual((await tell({ ...known, ...changed })).receiverData, known.receiverData);
  const closed = await tell({ ...known, notification: resolvedNotification });
  assert.deepEqual(closed.receiverData, { issue: 7, state: "closed" });
  const again = await tell({ receiverData: { issue: 7, state: "closed" } });
  assert.deepEqual(again.receiverData, { issue: 7, state: "open" });
  assert.deepEqual(calls(receiver), [
    "GET /search/issues",
    "POST /repos/acme/ops/issues",
    "POST /repos/acme/ops/issues/7/comments",
    "PATCH /repos/acme/ops/issues/7",
    "POST /repos/acme/ops/issues/7/comments",
    "PATCH /repos/acme/ops/issues/7",
    "POST /repos/acme/ops/issues/7/comments",
  ]);
  assert.deepEqual(
    receiver.received.filter(({ method }) => method === "PATCH").map((patch) => JSON.parse(patch.body)),
    [{ state: "closed", state_reason: "completed" }, { state: "open" }],
  );
});

test("an issue whose number is not known is found by its marker", async () => {
  await using receiver = await startLoopback(repository(json(200, { items: [{ number: 5, state: "closed" }] })));
  const outcome = await issues(receiver)();
  assert.deepEqual(outcome.receiverData, { issue: 5, state: "open" });
  assert.ok(
    decodeURIComponent(receiver.received[0]?.path ?? "").includes(`"${marker}" in:body is:issue repo:acme/ops`),
  );
  assert.deepEqual(calls(receiver).slice(1), [
    "PATCH /repos/acme/ops/issues/5",
    "POST /repos/acme/ops/issues/5/comments",
  ]);
});

test("what is over and has no issue gets none", async () => {
  await using receiver = await startLoopback(repository(nothing));
  assert.equal((await issues(receiver)({ notification: resolvedNotification })).delivered, true);
  assert.deepEqual(calls(receiver), ["GET /search/issues"]);
});

test("an issue that was deleted is replaced by another", async () => {
  await using receiver = await startLoopback(created);
  receiver.answer(json(410, { message: "This issue was deleted" }));
  const outcome = await issues(receiver)({ receiverData: { issue: 3, state: "open" } });
  assert.deepEqual(outcome.receiverData, { issue: 7, state: "open" });
  assert.deepEqual(calls(receiver), ["POST /repos/acme/ops/issues/3/comments", "POST /repos/acme/ops/issues"]);
});

test("that nothing has changed is no comment; that somebody takes care is", async () => {
  await using receiver = await startLoopback(created);
  const repeated = {
    notification: sampleNotification({ reason: "repeat interval elapsed" }),
    receiverData: { issue: 7 },
  };
  const tell = issues(receiver);
  assert.deepEqual((await tell(repeated)).receiverData, { issue: 7, state: "open" });
  assert.equal(receiver.received.length, 0);
  await tell({ ...repeated, acknowledgement: { by: "ann", note: "on it" } });
  assert.equal(JSON.parse(receiver.received[0]?.body ?? "").body, "Acknowledged by ann. on it");
});

test("no more issues are looked for in a minute than GitHub allows a token", async () => {
  await using receiver = await startLoopback(repository(nothing));
  const time = { ms: 0 };
  const rim = testRim({ turns: createRateLimiter({ maxKeys: 10, steadyMs: () => time.ms }) });
  const settings = { apiUrl: receiver.url, token: "t", owner: "acme", repo: "ops" };
  const [ops, web] = ["ops", "web"].map((repo) => createIntegration("github", { ...settings, repo }, rim));
  const other = createIntegration("github", { ...settings, token: "other" }, rim);
  for (let at = 0; at < 15; at++) {
    assert.equal((await ops?.send(sampleTelling()))?.delivered, true);
    assert.equal((await web?.send(sampleTelling()))?.delivered, true);
  }
  const refused = (await ops?.send(sampleTelling())) ?? assert.fail();
  const { delivered, retryable, retryAfterMs, isUntold } = refused;
  assert.deepEqual([delivered, retryable, retryAfterMs, isUntold], [false, true, 2000, true]);
  assert.equal(calls(receiver).length, 60, "GitHub was not asked");
  assert.equal((await other.send(sampleTelling())).delivered, true, "another token has its own limit");
  const known = sampleTelling({ receiverData: { issue: 7, state: "open" } });
  assert.equal((await ops?.send(known))?.delivered, true, "of an issue that is known nothing is looked for");
  time.ms += 2000;
  assert.equal((await ops?.send(sampleTelling()))?.delivered, true);
});

test("limits are told from refusals", async () => {
  await using receiver = await startLoopback(created);
  const tell = issues(receiver);
  const reset = String(startMs / 1000 + 30);
  const f = async (answer: Answer, want: readonly [retryable: boolean, retryAfterMs: number | undefined]) => {
    receiver.answer(answer);
    const { retryable, retryAfterMs } = await tell({ receiverData: { issue: 7, state: "open" } });
    assert.deepEqual([retryable, retryAfterMs], want);
  };
  const message = "You have exceeded a secondary rate limit";
  await f(json(403, { message }, { "retry-after": "9" }), [true, 9000]);
  await f(json(403, { message }), [true, 60_000]);
  await f(json(429, { message: "slow down" }), [true, 60_000]);
  await f(
    json(403, { message: "API rate limit exceeded" }, { "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset }),
    [true, 30_000],
  );
  await f(json(403, { message: "Resource not accessible by personal access token" }), [false, undefined]);
  await f(json(422, { message: "Validation Failed" }), [false, undefined]);
});
