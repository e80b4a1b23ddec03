import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createReadiness } from "./readiness.ts";

describe("readiness", () => {
  it("needs a finished start and ends with the stop", async () => {
    const readiness = createReadiness();
    assert.deepEqual(await readiness.report(), { ready: false, notReady: { service: "starting" } });
    readiness.started();
    assert.deepEqual(await readiness.report(), { ready: true, notReady: {} });
    readiness.stopping();
    readiness.started();
    assert.deepEqual(await readiness.report(), { ready: false, notReady: { service: "stopping" } });
  });

  it("names what is not ready, and why", async () => {
    const readiness = createReadiness();
    readiness.started();
    readiness.add("good", () => true);
    readiness.add("bad", async () => false);
    readiness.add("worse", async () => "no connection");
    readiness.add("broken", () => Promise.reject(new Error("no luck")));
    readiness.add("stuck", () => new Promise(() => undefined));
    assert.deepEqual(await readiness.report(), {
      ready: false,
      notReady: { bad: "not ready", worse: "no connection", broken: "no luck", stuck: "not done within 1000 ms" },
    });
  });
});
