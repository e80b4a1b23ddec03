import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { checkTarget, type TargetInput, targetConfig } from "./target.ts";
import { type TargetStatus, transition, type VisitResult } from "./target-status.ts";

const web: TargetInput = { name: "web", kind: "http", address: "http://web.example/health" };

describe("a target", () => {
  it("has defaults", () => {
    assert.deepEqual(checkTarget(web), { ...web, intervalMs: 15_000, timeoutMs: 5000, labels: {} });
    assert.equal(checkTarget({ ...web, intervalMs: 4000 }).timeoutMs, 2000);
    assert.equal(checkTarget({ ...web, timeoutMs: 14_999 }).timeoutMs, 14_999);
  });

  const good: Partial<TargetInput>[] = [
    { kind: "tcp", address: "db.example:5432" },
    { kind: "tcp", address: "[::1]:5432" },
    { kind: "scrape", address: "https://web.example:8443/metrics?x=1" },
    { name: "Web (Berlin), Prüfung" },
    { labels: { zone: "a", _x9: "" } },
    { intervalMs: 1000 },
    { intervalMs: 3_600_000 },
  ];
  for (const more of good) {
    it(`may have ${JSON.stringify(more)}`, () =>
      assert.equal(checkTarget({ ...web, ...more }).kind, more.kind ?? "http"));
  }

  const bad: [more: Partial<TargetInput>, says: RegExp][] = [
    [{ name: "" }, /name: got ""/],
    [{ name: "x".repeat(129) }, /name: .* want 1 to 128 bytes/],
    [{ name: "a\nb" }, /name/],
    [{ name: " a" }, /name/],
    [{ address: "ftp://x" }, /got ftp:, want http: or https:/],
    [{ address: "nonsense" }, /malformed/],
    [{ address: `http://x/${"y".repeat(3000)}` }, /address: got "3009 bytes"/],
    [{ address: "http://user:secret@x/" }, /holds a user or a password/],
    [{ kind: "tcp" }, /want host:port/],
    [{ kind: "tcp", address: "host:99999" }, /want host:port/],
    [{ intervalMs: 999 }, /interval_ms: got 999, want 1000 to 3600000/],
    [{ intervalMs: 3_600_001 }, /interval_ms/],
    [{ intervalMs: 1000.5 }, /interval_ms/],
    [{ intervalMs: 2000, timeoutMs: 2000 }, /timeout_ms: got 2000, want less than the interval of 2000/],
    [{ timeoutMs: -1 }, /timeout_ms/],
    [{ labels: { "a-b": "" } }, /labels: got "a-b"/],
    [{ labels: { a: "x".repeat(1025) } }, /labels\.a: got "1025 bytes"/],
    [
      { labels: Object.fromEntries(Array.from({ length: 65 }, (_, n) => [`l${n}`, ""])) },
      /labels: got 65, want at most 64/,
    ],
  ];
  for (const [more, says] of bad) {
    it(`may not have ${JSON.stringify(more).slice(0, 60)}`, () => {
      assert.throws(
        () => checkTarget({ ...web, ...more }),
        (error: unknown) => {
          assert.ok(error instanceof Error);
          assert.match(error.message, says);
          assert.doesNotMatch(error.message, /secret/);
          return true;
        },
      );
    });
  }

  it("in the configuration is checked in the same way", () => {
    assert.deepEqual(targetConfig.parse(web), checkTarget(web));
    const result = targetConfig.safeParse({ ...web, intervalMs: 1 });
    assert.match(result.error?.issues[0]?.message ?? "", /interval_ms: got 1, want 1000/);
  });
});

describe("the status after a visit", () => {
  const result = (up: boolean): VisitResult => ({ up, durationMs: 3, error: up ? "" : "no luck", details: {} });
  const before = (up: boolean): TargetStatus => ({
    up,
    lastVisitMs: 900,
    lastDurationMs: 1,
    lastError: "",
    sinceMs: 500,
  });
  const table = [
    { from: undefined, up: true, change: "first", sinceMs: 1000, lastedMs: 0 },
    { from: undefined, up: false, change: "first", sinceMs: 1000, lastedMs: 0 },
    { from: true, up: true, change: "none", sinceMs: 500, lastedMs: 500 },
    { from: false, up: false, change: "none", sinceMs: 500, lastedMs: 500 },
    { from: true, up: false, change: "went_down", sinceMs: 1000, lastedMs: 500 },
    { from: false, up: true, change: "came_up", sinceMs: 1000, lastedMs: 500 },
  ];
  for (const { from, up, change, sinceMs, lastedMs } of table) {
    it(`from ${from} to ${up} is ${change}`, () => {
      const got = transition(from === undefined ? undefined : before(from), result(up), 1000);
      assert.deepEqual([got.change, got.status.sinceMs, got.lastedMs], [change, sinceMs, lastedMs]);
      assert.deepEqual([got.status.up, got.status.lastVisitMs, got.status.lastError], [up, 1000, up ? "" : "no luck"]);
    });
  }
});
