import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fingerprintOf } from "./fingerprint.ts";
import type { Labels } from "./notification.ts";

describe("fingerprints", () => {
  // What model.LabelSet.Fingerprint of github.com/prometheus/common v0.70.1 says.
  const cases: [labels: Labels, want: string][] = [];
  for (const [labels, want] of cases) {
    it(JSON.stringify(labels), () => assert.equal(fingerprintOf(labels), want));
  }

  it("do not hang on the order of labels", () => {
    assert.equal(fingerprintOf({ a: "1", b: "2" }), fingerprintOf({ b: "2", a: "1" }));
  });
});
