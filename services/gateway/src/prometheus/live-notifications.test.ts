import assert from "node:assert/strict";
import { createServer } from "node:http";
import { describe, test } from "node:test";
import { AppError } from "@sightline/errors/app-error";
import { eventually } from "@sightline/testkit/eventually";
import express from "express";
import { z } from "zod";
import { createQueryApi } from "../http/query-api.ts";
import { liveNotifications } from "./live-notifications.ts";
import { createNotifications } from "./notifications.ts";

const told = z.object({ text: z.string(), date: z.string(), active: z.boolean() });

interface State {
  so: readonly string[];
  nowMs: number;
  readonly revoked: Set<string>;
  /** The statuses of what was answered. */
  readonly answered: number[];
  admissions: number;
  looks: number;
}

/** A server that tells live, to the tenants whose names are sent as keys, what `so` says. */
async function serve() {
  const opened = new AsyncDisposableStack();
  const stop = new AbortController();
  const state: State = { so: [], revoked: new Set(), answered: [], admissions: 0, looks: 0, nowMs: 1000 };
  const notifications = createNotifications({
    look: async () => {
      state.looks += 1;
      return state.so;
    },
    clock: () => 1000,
    monotonicMs: () => state.nowMs++,
    intervalMs: 1,
    checkMs: 3,
    maxPerTenant: 2,
    maxPlaces: 3,
    stopping: stop.signal,
  });
  const api = liveNotifications("/api/v1", { notifications, clock: () => 2000 });
  const app = express();
  const authenticate = async ({ authorization = "" }: { readonly authorization?: string | undefined }) => {
    state.admissions += 1;
    const tenant = authorization.replace("Bearer ", "");
    if (tenant === "" || state.revoked.has(tenant)) throw new AppError("unauthenticated", "nobody");
    return { tenant, name: "key:1", level: "query" as const, byCookie: false };
  };
  app.use(
    createQueryApi(api, {
      authenticate,
      answered: (_route, status) => void state.answered.push(status),
      defect: (error) => assert.fail(error),
    }),
  );
  const server = createServer(app);
  opened.defer(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/api/v1/notifications/live`;
  const open = async (tenant: string, method = "GET") => {
    const leave = new AbortController();
    const headers = tenant === "" ? {} : { authorization: `Bearer ${tenant}` };
    const response = await fetch(url, { method, headers, signal: leave.signal });
    return { response, leave: () => leave.abort(), next: nextEvent(response) };
  };
  return { state, stop, open, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

/** Reads event after event; undefined at the end. */
function nextEvent({ body }: Response) {
  const reader = body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  return async () => {
    for (;;) {
      const end = text.indexOf("\n\n");
      if (end >= 0) {
        const event = text.slice(0, end);
        text = text.slice(end + 2);
        if (event.startsWith("data: ")) return told.parse(JSON.parse(event.slice("data: ".length)));
        assert.equal(event, ":");
        continue;
      }
      const read = await reader?.read();
      if (read === undefined || read.done) return undefined;
      text += read.value;
    }
  };
}

describe("notifications", () => {
  test("are found out once an interval, however many ask and wherever the clock is set", async () => {
    let [looks, clockMs, monotonicMs] = [0, 10_000_000, 0];
    const { current } = createNotifications({
      look: async () => {
        looks += 1;
        return ["the disk is full"];
      },
      clock: () => clockMs,
      monotonicMs: () => monotonicMs,
      ...{ intervalMs: 5000, checkMs: 5000, maxPerTenant: 1, maxPlaces: 1, stopping: new AbortController().signal },
    });
    const told = [{ text: "the disk is full", sinceMs: 10_000_000 }];
    assert.deepEqual(await Promise.all([current(), current(), current()]), [told, told, told]);
    monotonicMs = 4999;
    await current();
    assert.equal(looks, 1);
    clockMs -= 3_600_000;
    monotonicMs = 5000;
    assert.deepEqual(await current(), told);
    assert.equal(looks, 2);
  });
});

describe("notifications, live", { timeout: 30_000 }, () => {
  test("what is so is told at once, what begins and what ends when it does", async () => {
    await using server = await serve();
    server.state.so = ["the disk is full"];
    const { response, next } = await server.open("acme");
    assert.equal(response.headers.get("content-type"), "text/event-stream");
    const begun = await next();
    assert.deepEqual([begun?.text, begun?.active], ["the disk is full", true]);
    assert.match(begun?.date ?? "", /^1970-01-01T00:00:01\.0+Z$/);
    server.state.so = ["the disk is full", "the bus is away"];
    assert.deepEqual((await next())?.text, "the bus is away");
    server.state.so = ["the bus is away"];
    assert.deepEqual(await next(), { ...begun, active: false });
  });

  test("so many are told, and no more, of each tenant and of all; who leaves makes room", async () => {
    await using server = await serve();
    const first = await server.open("acme");
    await server.open("acme");
    assert.equal((await server.open("acme")).response.status, 204);
    await server.open("globex");
    assert.equal((await server.open("initech")).response.status, 204);
    first.leave();
    await eventually(async () => {
      const again = await server.open("initech");
      assert.equal(again.response.status, 200);
    });
  });

  test("it counts as answered when it begins: how long somebody stays says nothing of how fast we are", async () => {
    await using server = await serve();
    const { response, next } = await server.open("acme");
    assert.equal(response.status, 200);
    assert.deepEqual(server.state.answered, [200]);
    server.stop.abort();
    while ((await next()) !== undefined);
    assert.deepEqual(server.state.answered, [200]);
  });

  test("who asks for the head only is answered, and holds no place", async () => {
    await using server = await serve();
    for (let asked = 0; asked < 3; asked++) {
      const { response } = await server.open("acme", "HEAD");
      assert.equal(response.status, 200);
      assert.equal(response.headers.get("content-type"), "text/event-stream");
    }
    assert.equal((await server.open("acme")).response.status, 200);
  });

  test("it is asked for the key again now and then, not each time that is looked", async () => {
    await using server = await serve();
    const { next } = await server.open("acme");
    await eventually(() => assert.ok(server.state.looks >= 30));
    const { admissions, looks } = server.state;
    assert.ok(
      admissions > 1 && admissions * 2 <= looks,
      `asked for the key ${admissions} times, looked ${looks} times`,
    );
    server.stop.abort();
    while ((await next()) !== undefined);
  });

  test("it ends when the key is over", async () => {
    await using server = await serve();
    assert.equal((await server.open("")).response.status, 401);
    const { next } = await server.open("acme");
    server.state.revoked.add("acme");
    assert.equal(await next(), undefined);
  });

  test("it ends, and says so, when the service stops", async () => {
    await using server = await serve();
    const { next } = await server.open("acme");
    server.stop.abort();
    assert.deepEqual(await next(), {
      text: "Sightline is stopping: live answers end here.",
      date: "1970-01-01T00:00:02.000000000Z",
      active: true,
    });
    assert.equal(await next(), undefined);
  });
});
