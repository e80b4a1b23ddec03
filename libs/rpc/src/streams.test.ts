import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { AppError, invalid } from "@sightline/errors/app-error";
import {
  type ListPromqlSeriesRequest,
  ListPromqlSeriesResponse,
  PromqlServiceService,
  QueryPromqlRequest,
  QueryPromqlResponse,
} from "@sightline/proto/sightline/query/v1/promql_service";
import { eventually } from "@sightline/testkit/eventually";
import { createClient } from "./client.ts";
import type { CallContext } from "./handlers.ts";
import { createGrpcServer } from "./server.ts";
import { internalStream } from "./streams.ts";

const internalToken = "a-token-between-services";
const tenant = "acme";
const { queryPromql, listPromqlSeries } = PromqlServiceService;
const service = { queryPromql, listPromqlSeries };

type Answer = (request: QueryPromqlRequest, context: CallContext) => AsyncIterable<QueryPromqlResponse>;

/** A server that streams, and one before it that asks it on. */
async function startServers(answer: Answer) {
  const closers = new AsyncDisposableStack();
  const measured: string[] = [];
  const logged: object[] = [];
  const start = async (log = { error: (fields: object) => void logged.push(fields) }) => {
    const metrics = { observe: ({ code }: { code: string }) => void measured.push(code) };
    const server = createGrpcServer({ host: "127.0.0.1", port: 0, log, metrics });
    closers.defer(() => server.close(500));
    return server;
  };
  const connect = (port: number) => {
    const client = createClient({ service }, `127.0.0.1:${port}`, { internalToken });
    closers.defer(client.close);
    return client;
  };
  const stream = internalStream(internalToken);
  const behind = await start();
  behind.addService(service, {
    queryPromql: stream(answer),
    listPromqlSeries: stream(async function* (_: ListPromqlSeriesRequest) {
      yield ListPromqlSeriesResponse.create({ truncated: true });
    }),
  });
  const direct = connect(await behind.listen());
  const door = await start();
  door.forward(service, direct, async () => ({ tenant, userId: "somebody" }));
  return {
    direct,
    forwarded: connect(await door.listen()),
    measured,
    logged,
    [Symbol.asyncDispose]: () => closers.disposeAsync(),
  };
}

const text = (value: string) => QueryPromqlResponse.create({ text: value });

async function textsOf(messages: AsyncIterable<QueryPromqlResponse>): Promise<string[]> {
  const found: string[] = [];
  for await (const message of messages) found.push(message.text);
  return found;
}

const isCode = (code: string) => (thrown: unknown) => AppError.from(thrown).code === code;

describe("streams", () => {
  it("messages come in order, straight and through a door", async () => {
    await using servers = await startServers(async function* ({ query }) {
      for (let at = 0; at < 1000; at++) yield text(`${query} ${at}`);
    });
    const want = Array.from({ length: 1000 }, (_, at) => `up ${at}`);
    const request = QueryPromqlRequest.create({ query: "up" });
    assert.deepEqual(await textsOf(servers.direct.stream("queryPromql", request, { tenant })), want);
    assert.deepEqual(await textsOf(servers.forwarded.stream("queryPromql", request)), want);
    await eventually(async () => assert.deepEqual(servers.measured, ["ok", "ok", "ok"]));
  });

  it("an error comes behind what went before, with its code and words", async () => {
    await using servers = await startServers(async function* () {
      yield text("first");
      throw invalid("cannot go on: got 2, want 1");
    });
    for (const client of [servers.direct, servers.forwarded]) {
      const got: string[] = [];
      const read = async () => {
        for await (const message of client.stream("queryPromql", QueryPromqlRequest.create(), { tenant })) {
          got.push(message.text);
        }
      };
      await assert.rejects(read, (thrown) => /^cannot go on: got 2/.test(AppError.from(thrown).message));
      assert.deepEqual(got, ["first"]);
    }
    await eventually(async () => assert.deepEqual(new Set(servers.measured), new Set(["invalid_argument"])));
  });

  it("a defect is logged and says nothing of our insides", async () => {
    await using servers = await startServers(async function* () {
      yield text("first");
      throw new Error("secret");
    });
    const reading = textsOf(servers.direct.stream("queryPromql", QueryPromqlRequest.create(), { tenant }));
    await assert.rejects(reading, (thrown) => !AppError.from(thrown).message.includes("secret"));
    await eventually(async () => assert.equal(servers.logged.length, 1));
  });

  it("who stops reading, gives up or is too late ends the work behind the door too", async () => {
    const ends: Record<string, (forwarded: Awaited<ReturnType<typeof startServers>>["forwarded"]) => Promise<void>> = {
      cancelled: async (client) => {
        for await (const _ of client.stream("queryPromql", QueryPromqlRequest.create())) break;
      },
      aborted: async (client) => {
        const giveUp = new AbortController();
        const options = { signal: giveUp.signal };
        await assert.rejects(async () => {
          for await (const _ of client.stream("queryPromql", QueryPromqlRequest.create(), options)) giveUp.abort();
        }, isCode("cancelled"));
      },
      late: async (client) => {
        const reading = textsOf(client.stream("queryPromql", QueryPromqlRequest.create(), { deadlineMs: 300 }));
        await assert.rejects(reading, isCode("deadline_exceeded"));
      },
    };
    for (const end of Object.values(ends)) {
      let ended = false;
      await using servers = await startServers(async function* (_, { signal }) {
        yield text("first");
        try {
          await new Promise((_resolve, reject) => {
            signal.addEventListener("abort", () => reject(signal.reason), { once: true });
          });
        } finally {
          ended = true;
        }
      });
      await end(servers.forwarded);
      await eventually(async () => assert.ok(ended));
    }
  });

  it("no more is made than the caller reads", async () => {
    let made = 0;
    await using servers = await startServers(async function* () {
      for (; made < 10_000; made++) yield text("x".repeat(10_000));
    });
    const messages = servers.direct.stream("queryPromql", QueryPromqlRequest.create(), { tenant, deadlineMs: 30_000 });
    for await (const _ of messages) break;
    assert.ok(made < 1000, `${made} made`);
  });

  it("the token and the tenant are asked for", async () => {
    await using servers = await startServers(async function* () {
      yield text("secret");
    });
    const reading = textsOf(servers.direct.stream("queryPromql", QueryPromqlRequest.create()));
    await assert.rejects(reading, isCode("invalid_argument"));
  });
});
