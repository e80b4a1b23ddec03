import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Client, errors } from "@elastic/elasticsearch";
import { freePort } from "@sightline/testkit/free-port";
import { type IngestUnderTest, startIngest } from "../../testing/ingest.ts";
import { logMarksIn } from "../otlp/testing/kinds.ts";

let ingest: IngestUnderTest;
let node: string;
let key: string;
let client: Client;

before(async () => {
  const port = await freePort();
  ingest = await startIngest({ config: { elasticsearch: { port } } });
  node = `http://127.0.0.1:${port}`;
  key = (await ingest.createKey("acme")).key;
  client = new Client({ node, auth: { apiKey: key } });
});

after(async () => {
  await client.close();
  await ingest.stop();
});

async function marksAfter(seq: number): Promise<string[]> {
  const messages = await ingest.stored("logs", seq);
  return messages.flatMap(({ payload }) => logMarksIn(payload));
}

test("the official client's bulk helper sends any number of documents, and hears which were refused", async () => {
  const seq = await ingest.lastSeq();
  const documents = Array.from({ length: 2500 }, (_, at) => ({
    "@timestamp": new Date().toISOString(),
    message: `mark-${at}-`,
    log: { level: "info" },
  }));
  const refused: string[] = [];
  const stats = await client.helpers.bulk({
    datasource: [...documents, { message: "mark-bad", list: nested(40) }],
    flushBytes: 100_000,
    retries: 0,
    onDocument: () => ({ create: { _index: "logs-shop-prod" } }),
    onDrop: ({ status, error }) => refused.push(`${status} ${error?.reason}`),
  });
  assert.deepEqual([stats.total, stats.successful, stats.failed], [2501, 2500, 1]);
  assert.deepEqual(refused, ["400 a record is nested deeper than 32 levels"]);
  assert.deepEqual((await marksAfter(seq)).toSorted(), documents.map(({ message }) => message).toSorted());
});

function nested(levels: number): unknown {
  return levels === 0 ? "end" : [nested(levels - 1)];
}

test("each item has its answer: an id that was given is kept, what cannot be done is refused", async () => {
  const { errors: hasErrors, items } = await client.bulk({
    operations: [
      { index: { _index: "app", _id: "7" } },
      { message: "mark-a" },
      { create: { _index: "app" } },
      { message: "mark-b" },
      { delete: { _index: "app", _id: "7" } },
      { update: { _index: "app", _id: "7" } },
      { doc: { message: "c" } },
    ],
  });
  assert.equal(hasErrors, true);
  assert.deepEqual(
    items.map(({ index, create, delete: deleted, update }) => (index ?? create ?? deleted ?? update)?.status),
    [201, 201, 400, 400],
  );
  assert.equal(items[0]?.index?._id, "7");
  assert.match(items[1]?.create?._id ?? "", /./);
  assert.equal(items[2]?.delete?.error?.type, "illegal_argument_exception");
});

test("what shippers ask before they send is answered", async () => {
  assert.equal((await client.info()).tagline, "You Know, for Search");
  assert.equal(await client.ping(), true);
  assert.equal((await client.license.get()).license.type, "basic");
  assert.equal((await client.cluster.health()).status, "green");
  assert.equal(await client.indices.existsIndexTemplate({ name: "logs-shop" }), true);
  const put = await client.indices.putIndexTemplate({ name: "logs-shop", index_patterns: ["logs-*"] });
  assert.equal(put.acknowledged, true);
  assert.equal((await client.ilm.putLifecycle({ name: "logs", policy: { phases: {} } })).acknowledged, true);
});

test("without a key, or with another one, the client is refused as by Elasticsearch", async () => {
  for (const auth of [undefined, { apiKey: "nonsense" }, { username: "elastic", password: "changeme" }]) {
    const stranger = new Client({ node, ...(auth === undefined ? {} : { auth }), maxRetries: 0 });
    await assert.rejects(
      stranger.bulk({ operations: [{ create: { _index: "a" } }, { message: "x" }] }),
      (error) => error instanceof errors.ResponseError && error.statusCode === 401,
    );
    await stranger.close();
  }
  const named = new Client({ node, auth: { username: "shipper", password: key } });
  const { errors: hasErrors } = await named.bulk({
    index: "a",
    operations: [{ create: {} }, { message: "mark-named" }],
  });
  assert.equal(hasErrors, false);
  await named.close();
});
