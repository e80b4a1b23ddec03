import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { AppError, unavailable } from "@sightline/errors/app-error";
import {
  MaintenanceServiceClient,
  MaintenanceServiceService,
} from "@sightline/proto/sightline/storage/v1/maintenance_service";
import { createClient } from "@sightline/rpc/client";
import { internalUnary } from "@sightline/rpc/handlers";
import { createGrpcServer } from "@sightline/rpc/server";
import { eventually } from "@sightline/testkit/eventually";
import { quietLog } from "@sightline/testkit/quiet-log";
import { type Rest, restStorage } from "./rest.ts";
import type { Storage } from "./servers.ts";

const internalToken = "token-of-the-test";
const times = { renewMs: 20, staleMs: 300 };

/** What storage answers to the next call that asks it to rest, and all after it. */
let answer: () => Promise<bigint>;
let asked: string[] = [];
let resumed: string[] = [];
const opened = new AsyncDisposableStack();
let storage: Storage;

before(async () => {
  const server = createGrpcServer({ host: "127.0.0.1", port: 0, log: quietLog });
  const handler = internalUnary(internalToken);
  server.addService(MaintenanceServiceService, {
    pauseWriting: handler(async ({ id }) => {
      asked.push(id);
      return { lanes: [{ name: "logs", incarnation: "x", storedSequence: await answer() }] };
    }),
    resumeWriting: handler(async ({ id }) => {
      resumed.push(id);
      throw unavailable("away");
    }),
    rewindLanes: handler(async () => ({ lanes: [] })),
  });
  opened.defer(() => server.close(100));
  storage = createClient(MaintenanceServiceClient, `127.0.0.1:${await server.listen()}`, { internalToken });
  opened.defer(() => storage.close());
});
after(() => opened.disposeAsync());
beforeEach(() => {
  answer = async () => 7n;
  asked = [];
  resumed = [];
});

const rest = (): Promise<Rest> => restStorage(storage, { atOnce: false, signal: new AbortController().signal, times });
const renewed = async (): Promise<void> => {
  const from = asked.length;
  await eventually(() => asked.length > from + 1);
};

describe("storage rests", () => {
  test("until it is let go, which need not succeed", async () => {
    {
      await using resting = await rest();
      assert.deepEqual(
        resting.lanes.map(({ storedSequence }) => storedSequence),
        [7n],
      );
      assert.equal(await resting.during(async () => "done"), "done");
      await renewed();
      assert.equal(new Set(asked).size, 1);
    }
    assert.deepEqual(resumed, [asked[0]]);
  });

  test("though it could not be asked for a moment", async () => {
    await using resting = await rest();
    answer = async () => {
      throw unavailable("for a moment");
    };
    await renewed();
    answer = async () => 7n;
    assert.equal(await resting.during(async () => "done"), "done");
  });

  const losses: readonly [what: string, answer: () => Promise<bigint>, message: RegExp][] = [
    ["it has written", async () => 8n, /it has written meanwhile/],
    ["somebody else asked", () => Promise.reject(new AppError("failed_precondition", "for another")), /for another/],
    ["it is away for long", () => Promise.reject(unavailable("away for long")), /away for long/],
    [
      "its answers take long",
      async () => {
        const from = performance.now();
        await eventually(() => performance.now() > from + times.staleMs + 50);
        return 7n;
      },
      /not asked to rest for too long/,
    ],
  ];
  for (const [what, next, message] of losses) {
    test(`and it is noticed that ${what}`, async () => {
      await using resting = await rest();
      answer = next;
      const work = () =>
        new Promise<never>((_, reject) => resting.lost.addEventListener("abort", () => reject(new Error("aborted"))));
      await assert.rejects(resting.during(work), { code: "unavailable", message });
    });
  }

  test("not when it refuses; what it may have begun is taken back", async () => {
    answer = () => Promise.reject(new AppError("failed_precondition", "for another"));
    await assert.rejects(rest(), { code: "failed_precondition" });
    assert.deepEqual(resumed, asked);
  });
});
