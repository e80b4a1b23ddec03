import assert from "node:assert/strict";
import type { RequestListener } from "node:http";
import { describe, it } from "node:test";
import { Registry } from "prom-client";
import { listenHttp } from "./http-server.ts";
import { createLifecycle } from "./lifecycle.ts";
import { createLogger } from "./logger.ts";

const log = createLogger({ name: "test", level: "silent" });
const door = { host: "127.0.0.1", port: 0, name: "test", log, metrics: new Registry() };

describe("an HTTP door", () => {
  it("lets a request under way finish and takes no new ones", async () => {
    const lifecycle = createLifecycle({ log, timeoutMs: 5000 });
    const inside = Promise.withResolvers<void>();
    const goOn = Promise.withResolvers<void>();
    const { port } = await listenHttp(
      async (_request, response) => {
        inside.resolve();
        await goOn.promise;
        response.end("done");
      },
      { ...door, lifecycle },
    );
    const answer = fetch(`http://127.0.0.1:${port}/`);
    await inside.promise;
    const stopped = lifecycle.stop();
    await assert.rejects(fetch(`http://127.0.0.1:${port}/`), TypeError);
    goOn.resolve();
    const { headers } = await answer;
    assert.equal(headers.get("connection"), "close");
    assert.equal(await (await answer).text(), "done");
    await stopped;
  });

  it("cuts off what does not finish in time", async () => {
    const lifecycle = createLifecycle({ log, timeoutMs: 5000 });
    const inside = Promise.withResolvers<void>();
    const { port } = await listenHttp(() => inside.resolve(), { ...door, lifecycle, drainMs: 20 });
    const answer = fetch(`http://127.0.0.1:${port}/`);
    const cut = assert.rejects(answer, TypeError);
    await inside.promise;
    await lifecycle.stop();
    await cut;
  });

  it("keeps connections for those who send once a minute", async () => {
    await using lifecycle = createLifecycle({ log, timeoutMs: 1000 });
    const { port } = await listenHttp((_request, response) => response.end(), { ...door, lifecycle });
    const { headers } = await fetch(`http://127.0.0.1:${port}/`);
    assert.ok(Number(/timeout=(\d+)/.exec(headers.get("keep-alive") ?? "")?.[1]) > 60);
  });

  it("goes on when connections cannot be accepted, and counts and says it", async () => {
    const told: string[] = [];
    const heard = { ...log, error: (_fields: object, message: string) => void told.push(message) };
    const metrics = new Registry();
    await using lifecycle = createLifecycle({ log, timeoutMs: 1000 });
    const app: RequestListener = (_request, response) => response.end("still here");
    const { port, server } = await listenHttp(app, { ...door, lifecycle, log: heard, metrics });
    // What the system has for it cannot be made to happen at will.
    for (let time = 0; time < 3; time++) server.emit("error", new Error("accept ENOMEM"));
    assert.equal(await (await fetch(`http://127.0.0.1:${port}/`)).text(), "still here");
    assert.match(await metrics.metrics(), /^sightline_listen_errors_total\{door="test"\} 3$/m);
    assert.deepEqual(told, ["cannot take what comes in; will go on trying"]);
  });

  it("says in one line that its port is taken", async () => {
    await using lifecycle = createLifecycle({ log, timeoutMs: 1000 });
    const { port } = await listenHttp(() => undefined, { ...door, lifecycle });
    await assert.rejects(
      listenHttp(() => undefined, { ...door, port, lifecycle }),
      {
        message: `cannot listen on 127.0.0.1:${port} for test: the port is taken; stop what listens there or configure another`,
      },
    );
  });
});
