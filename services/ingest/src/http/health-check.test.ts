import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { createHealthCheck } from "./health-check.ts";

let nowMs = Date.UTC(2025, 0, 1);
let isReady = true;
const server = createServer(createHealthCheck({ isReady: () => isReady, clock: () => nowMs }));
let url = "";

before(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
});
after(() => {
  server.closeAllConnections();
  server.close();
});

for (const [elapsedMs, uptime] of [
  [0, "0s"],
  [49_250, "49.25s"],
  [3_723_500, "1h2m3.5s"],
  [120_000, "2m0s"],
] as const) {
  test(`a process that is up for ${uptime} says so`, async () => {
    nowMs = Date.UTC(2025, 0, 1) + elapsedMs;
    const answer = await fetch(`${url}/`);
    assert.equal(answer.status, 200);
    const body: unknown = await answer.json();
    assert.deepEqual(body, { status: "Server available", upSince: "2025-01-01T00:00:00.000Z", uptime });
  });
}

test("one that could store nothing is 503, at whatever path it is asked", async () => {
  isReady = false;
  const answer = await fetch(`${url}/health/status`);
  const body: unknown = await answer.json();
  assert.equal(answer.status, 503);
  assert.deepEqual(body, { status: "Server not available", upSince: "0001-01-01T00:00:00Z", uptime: "" });
});
