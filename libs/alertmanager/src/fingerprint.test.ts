import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fingerprintOf } from "./fingerprint.ts";
import type { Labels } from "./notification.ts";

describe("fingerprints", () => {
  // What model.LabelSet.Fingerprint of github.com/prometheus/common v0.70.1 says.
  const cases: [labels: Labels, want: string][] = [
    [{}, "cbf29ce484222325"],
    [{ alertname: "x" }, "d240efc3896bf266"],
    [{ alertname: "HighLatency", team: "db", severity: "critical" }, "b45e64c4fcf06e3f"],
    [{ a: "" }, "e57e2e1903df23e2"],
    [{ é: "💥", a: "b c" }, "3a33ea106dcf73af"],
    [{ "\uff5e": "1", "💥": "2" }, "daa1cb1a38df1054"],
    [{ instance: "10.0.0.1:9100", job: "node", alertname: "Down" }, "7e629fd1d45838f2"],
  ];
  for (const [labels, want] of cases) {
    it(JSON.stringify(labels), () => assert.equal(fingerprintOf(labels), want));
  }

  it("do not hang on the order of labels", () => {
    assert.equal(fingerprintOf({ a: "1", b: "2" }), fingerprintOf({ b: "2", a: "1" }));
  });
});
