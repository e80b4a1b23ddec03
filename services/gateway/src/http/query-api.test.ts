import assert from "node:assert/strict";
import { createServer } from "node:http";
import { describe, test } from "node:test";
import { AppError } from "@sightline/errors/app-error";
import express from "express";
import { envelopeError } from "../prometheus/envelope.ts";
import { createQueryApi, type QueryAnswer, type QueryRoute } from "./query-api.ts";

interface AskedRoute extends QueryRoute {
  answer(): Promise<QueryAnswer>;
}

/** A server of such endpoints. */
async function serve(endpoints: readonly AskedRoute[]) {
  const app = express();
  const api = { prefix: "/api", endpoints, answer: (endpoint: AskedRoute) => endpoint.answer(), error: envelopeError };
  const authenticate = async () => ({ tenant: "acme", name: "key:1", level: "query" as const, byCookie: false });
  app.use(createQueryApi(api, { authenticate, answered: () => undefined, defect: (error) => assert.fail(error) }));
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/api`;
  return {
    ask: (path: string, method: string) => fetch(url + path, { method }),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

describe("an API over which data are asked for", { timeout: 30_000 }, () => {
  test("says that another try may go well where it was us who broke off", async () => {
    const stopped = () => Promise.reject(new AppError("cancelled", "the service stops"));
    await using server = await serve([{ path: "/query", answer: stopped }]);
    const response = await server.ask("/query", "GET");
    assert.equal(response.status, 503);
    assert.partialDeepStrictEqual(await response.json(), { errorType: "unavailable", error: "the service stops" });
  });

  test("makes no more than the first piece for who asks for the head only", async () => {
    let [made, given] = [0, 0];
    async function* pieces() {
      try {
        for (;;) {
          made += 1;
          yield "piece";
        }
      } finally {
        given += 1;
      }
    }
    const answer = async () => ({ contentType: "text/plain", headers: { "x-answer": "1" }, pieces: pieces() });
    await using server = await serve([{ path: "/query", answer }]);
    const response = await server.ask("/query", "HEAD");
    assert.deepEqual([response.status, response.headers.get("x-answer"), made, given], [200, "1", 1, 1]);
  });

  test("answers a route of every method as it is got", async () => {
    const answer = async () => ({ contentType: "text/plain", pieces: ["here"] });
    await using server = await serve([
      { path: "/any", everyMethod: true, answer },
      { path: "/got", answer },
    ]);
    for (const method of ["GET", "POST", "PUT", "DELETE"]) {
      assert.equal(await (await server.ask("/any", method)).text(), "here");
      assert.equal((await server.ask("/got", method)).status, method === "GET" ? 200 : 404);
    }
  });
});
