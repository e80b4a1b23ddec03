import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type AlertGroupPage, alertGroupPageSchema } from "../api/alert-group-types.ts";
import { newsOf } from "./alert-news.ts";

interface Said {
  readonly name: string;
  readonly startsAt?: string;
  readonly state?: string;
}

function pageOf(...alerts: readonly Said[]): AlertGroupPage {
  const group = {
    groupId: "g",
    groupKey: "{}",
    alerts: alerts.map(({ name, startsAt = "2026-11-21T10:00:00Z", state = "firing" }) => ({
      fingerprint: name,
      labels: { alertname: name, severity: "critical" },
      startsAt,
      state,
    })),
  };
  return alertGroupPageSchema.parse({ groups: [group] });
}

/** What is said at each of some looks. */
function saidAt(...pages: readonly AlertGroupPage[]): string[] {
  let known: ReadonlySet<string> | null = null;
  return pages.map((page) => {
    const news = newsOf(known, page);
    known = news.known;
    return news.words;
  });
}

describe("what is said of alerts", () => {
  test("those that fire when the page opens are no news, later ones are, once", () => {
    const [a, b] = [{ name: "A" }, { name: "B" }];
    assert.deepEqual(saidAt(pageOf(a), pageOf(a, b), pageOf(b), pageOf(a, b)), ["", "New critical alert: B", "", ""]);
  });

  test("one that begins again is news; one that somebody has is none", () => {
    const again = { name: "A", startsAt: "2026-11-21T11:00:00Z" };
    assert.deepEqual(saidAt(pageOf({ name: "A" }), pageOf(again)), ["", "New critical alert: A"]);
    assert.deepEqual(saidAt(pageOf(), pageOf({ name: "A", state: "acknowledged" })), ["", ""]);
  });

  test("a storm is told in few words", () => {
    const storm = Array.from({ length: 50 }, (_, index) => ({ name: `A${index}` }));
    const [, words = ""] = saidAt(pageOf(), pageOf(...storm));
    assert.match(words, /A4\. 45 more new alerts$/);
  });
});
