import assert from "node:assert/strict";
import { once } from "node:events";
import { after, test } from "node:test";
import { WebSocketServer } from "ws";
import { createLiveClient, type LiveClient, type LiveState } from "./live-client.ts";
import { eventStream } from "./live-streams.ts";

const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
await once(server, "listening");
const address = server.address();
const port = typeof address === "object" && address !== null ? address.port : 0;
after(() => {
  for (const client of server.clients) client.terminate();
  server.close();
});

const received: string[] = [];
server.on("connection", (socket) => socket.on("message", (data) => received.push(String(data))));

function client(url = `ws://127.0.0.1:${port}`): LiveClient {
  return createLiveClient({ url, baseDelayMs: 5, maxDelayMs: 20, now: Date.now, random: Math.random });
}

async function until(live: LiveClient, wanted: LiveState["t"]): Promise<void> {
  while (live.state().t !== wanted) {
    await new Promise<void>((resolve) => {
      const stop = live.watch(() => {
        stop();
        resolve();
      });
    });
  }
}

async function untilReceived(text: string): Promise<void> {
  while (!received.some((message) => message.includes(text))) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test("delivers to its subscriber, ignores what it cannot read, and subscribes anew after a lost connection", async () => {
  const live = client();
  const titles: string[] = [];
  let dropped = 0;
  const resumed = Promise.withResolvers<void>();
  const unsubscribe = live.subscribe({
    stream: eventStream,
    filters: { severity: ["critical"] },
    onItem: (event) => titles.push(event.title),
    onDropped: (count) => {
      dropped += count;
    },
    onResumed: resumed.resolve,
  });
  live.start();
  await until(live, "open");
  await untilReceived('{"subscribe":{"id":"1","stream":"events","filters":{"severity":["critical"]}}}');

  const [peer] = server.clients;
  assert.ok(peer);
  peer.send("not json");
  peer.send('{"id":"99","event":{"eventId":"x","time":"2026-11-21T00:00:00Z"}}');
  peer.send('{"id":"1","event":{"eventId":"a","time":"2026-11-21T00:00:00Z","title":"disk full","severity":"odd"}}');
  peer.send('{"id":"1","dropped":3}');
  while (dropped === 0) await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(titles, ["disk full"]);
  assert.equal(dropped, 3);

  received.length = 0;
  peer.terminate();
  await until(live, "waiting");
  await until(live, "open");
  await resumed.promise;
  await untilReceived('"subscribe"');

  unsubscribe();
  await untilReceived('{"unsubscribe":{"id":"1"}}');
  live.stop();
  assert.deepEqual(live.state(), { t: "stopped" });
});

test("counts its attempts while nobody answers and stops trying when stopped", async () => {
  const live = client("ws://127.0.0.1:1");
  live.start();
  for (;;) {
    await until(live, "waiting");
    const state = live.state();
    if (state.t === "waiting" && state.attempt >= 3) break;
    await until(live, "connecting");
  }
  live.stop();
  assert.deepEqual(live.state(), { t: "stopped" });
});
