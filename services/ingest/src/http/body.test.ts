import assert from "node:assert/strict";
import { Agent, createServer, request } from "node:http";
import { test } from "node:test";
import { freePort } from "@sightline/testkit/free-port";
import { createByteBudget } from "../admission/byte-budget.ts";
import { readBody } from "./body.ts";

const MAX_BYTES = 200_000;

/** Sends chunks over HTTP/1.1; answers what `readBody` made of them, and what it held of the budget. */
async function sendAndRead(chunks: readonly Buffer[], headers: Record<string, number> = {}) {
  const budget = createByteBudget({ maxBytes: 10_000_000, maxTenantShare: 1 });
  const outcome = Promise.withResolvers<{ bytes: Buffer; held: number }>();
  const server = createServer((incoming, response) => {
    readBody(incoming, { maxBytes: MAX_BYTES, budget, tenant: "a" }).then(({ bytes, release }) => {
      outcome.resolve({ bytes, held: budget.held() });
      release();
    }, outcome.reject);
    void outcome.promise.catch(() => undefined).then(() => response.end());
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const agent = new Agent();
  const outgoing = request({ port, host: "127.0.0.1", method: "POST", headers, agent });
  outgoing.on("error", () => undefined);
  for (const chunk of chunks) outgoing.write(chunk);
  outgoing.end();
  try {
    return await outcome.promise;
  } finally {
    assert.equal(budget.held(), 0, "all is given back");
    agent.destroy();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

const bytesOf = (length: number) => Buffer.from(Array.from({ length }, (_, at) => at % 251));

test("a body is the same in whatever pieces it comes, and counts for no more than twice its bytes", async () => {
  const body = bytesOf(50_000);
  const single = [...body].map((byte) => Buffer.from([byte]));
  const cases = [
    { name: "at once", chunks: [body], headers: { "content-length": body.length }, most: body.length },
    { name: "byte by byte", chunks: single, headers: { "content-length": body.length }, most: body.length },
    { name: "byte by byte, of no known length", chunks: single, most: body.length * 2 },
    { name: "in two, of no known length", chunks: [body.subarray(0, 1), body.subarray(1)], most: body.length * 2 },
  ];
  for (const { name, chunks, headers, most } of cases) {
    const { bytes, held } = await sendAndRead(chunks, headers);
    assert.ok(bytes.equals(body), name);
    assert.ok(held >= body.length && held <= most, `${name}: held ${held}`);
  }
});

test("a body of no known length may be as long as the limit, and no longer", async () => {
  const most = bytesOf(MAX_BYTES);
  assert.ok((await sendAndRead([most.subarray(0, 7), most.subarray(7)])).bytes.equals(most));
  await assert.rejects(sendAndRead([most, Buffer.from("x")]), { code: "too_large" });
});
