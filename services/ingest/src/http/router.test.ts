import assert from "node:assert/strict";
import { test } from "node:test";
import type { Method, Probe } from "./route.ts";
import { createRouter } from "./router.ts";

function probe(path: string, ...methods: readonly Method[]): Probe {
  return { kind: "probe", protocol: "elasticsearch", path, methods, answer: () => ({ status: 200 }) };
}

const router = createRouter([
  probe("/", "GET", "HEAD"),
  probe("/_bulk", "POST", "PUT"),
  probe("/{index}/_bulk", "POST"),
  probe("/{index}/_bulk", "PUT"),
  probe("/_license/_bulk", "GET"),
]);

test("paths lead to routes, exact ones first, with what stands in the place of parameters", () => {
  const cases: [method: string, path: string, want: string, index?: string][] = [
    ["GET", "/", "/"],
    ["HEAD", "/", "/"],
    ["PUT", "/_bulk", "/_bulk"],
    ["POST", "/logs-app/_bulk", "/{index}/_bulk", "logs-app"],
    ["PUT", "/a%20b/_bulk", "/{index}/_bulk", "a b"],
    ["PUT", "/broken%/_bulk", "/{index}/_bulk", "broken%"],
    ["GET", "/_license/_bulk", "/_license/_bulk"],
  ];
  for (const [method, path, want, index] of cases) {
    const found = router.find(method, path);
    assert.ok(found.kind === "route", path);
    assert.equal(found.route.path, want);
    assert.equal(found.params["index"], index);
  }
});

test("what leads nowhere says why", () => {
  for (const path of ["", "/nothing", "//_bulk", "/a/b/_bulk", "/logs-app/_bulk/", "/_bulk/"]) {
    assert.equal(router.find("POST", path).kind, "no such path", path);
  }
  const wrong = router.find("DELETE", "/logs-app/_bulk");
  assert.ok(wrong.kind === "wrong method");
  assert.deepEqual(wrong.allowed, ["POST", "PUT"]);
  assert.equal(router.find(undefined, "/").kind, "wrong method");
});

test("two doors at one path and method are a defect that is found at the start", () => {
  assert.throws(() => createRouter([probe("/ready", "GET"), probe("/ready", "HEAD", "GET")]), /cannot serve \/ready/);
});
