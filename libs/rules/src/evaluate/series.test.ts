import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createTimeLine } from "./testing/time-line.ts";

// What is marked with a name of a test is that test of Prometheus 3.16 (rules/recording_test.go, rules/manager_test.go; Apache-2.0).

describe("what rules record", () => {
  test("samples with the rule's name and labels, which the next rule sees", async () => {
    const line = createTimeLine({
      rules:
        "  - { record: 'job:x:sum', expr: sum by (job) (x), labels: { by: rule } }\n  - { record: double, expr: 'job:x:sum * 2' }",
      series: ['x{job="a", i="1"} 1', 'x{job="a", i="2"} 2'],
    });
    await line.at("0");
    assert.deepEqual(await line.ask('{__name__=~"job:x:sum|double"}', "0"), [
      '{__name__="double", by="rule", job="a"} 6',
      '{__name__="job:x:sum", by="rule", job="a"} 3',
    ]);
  });

  test("the end of a series that is gone (TestStaleness)", async () => {
    for (const group of ["query_offset: 0s", "query_offset: 1s"]) {
      const line = createTimeLine({
        rules: "  - { record: a_plus_one, expr: a + 1 }",
        group,
        series: ["a 1 2 stale"],
        interval: "1s",
      });
      for (const time of ["0", "1s", "2s", "3s"]) await line.at(time);
      assert.deepEqual(await line.ask("a_plus_one", "1s"), ['{__name__="a_plus_one"} 3']);
      assert.deepEqual(await line.ask("a_plus_one", "2s"), []);
    }
  });

  for (const [name, expr, group, error] of [
    [
      "two series of the same labels (TestRuleEvalDuplicate)",
      'vector(0) or label_replace(vector(0),"test","x","","")',
      "",
      "vector contains metrics with the same labelset after applying rule labels",
    ],
    ["more than the limit (TestRecordingRuleLimit)", "metric > 0", "limit: 1", "exceeded limit of 1 with 2 series"],
    ["no vector", "metric[5m]", "", "rule result is not a vector or scalar"],
  ] as const) {
    test(`refused: ${name}`, async () => {
      const rules = `  - { record: foo, expr: '${expr}', labels: { test: test } }`;
      const line = createTimeLine({ rules, group, series: ['metric{label="1"} 1', 'metric{label="2"} 1'] });
      await line.at("0");
      assert.equal(line.state().rules[0]?.lastError, error);
      assert.deepEqual(await line.ask("foo", "0"), []);
    });
  }

  test("two rules that write the same series: the second fails", async () => {
    const line = createTimeLine({ rules: "  - { record: a, expr: vector(1) }\n  - { record: a, expr: vector(2) }" });
    await line.at("0");
    assert.deepEqual(
      line.state().rules.map(({ lastError }) => lastError),
      [undefined, "duplicate sample for timestamp"],
    );
  });
});

describe("what alerts record", () => {
  const rules = "  - { alert: A, expr: x > 0, for: 1m, labels: { severity: page } }";

  test("how they are and since when (TestForStateAddSamples)", async () => {
    const line = createTimeLine({ rules, series: ['x{i="0"} 0 1 1 0'] });
    for (const time of ["0", "1m"]) await line.at(time);
    const both = '{__name__=~"ALERTS.*"}';
    assert.deepEqual(await line.ask(both, "1m"), [
      '{__name__="ALERTS", alertname="A", alertstate="pending", i="0", severity="page"} 1',
      '{__name__="ALERTS_FOR_STATE", alertname="A", i="0", severity="page"} 60',
    ]);
    await line.at("2m");
    assert.deepEqual(await line.ask(both, "2m"), [
      '{__name__="ALERTS", alertname="A", alertstate="firing", i="0", severity="page"} 1',
      '{__name__="ALERTS_FOR_STATE", alertname="A", i="0", severity="page"} 60',
    ]);
    await line.at("3m");
    assert.deepEqual(await line.ask(both, "3m"), []);
  });

  test("a label that a template left empty has its text there, as Prometheus has it", async () => {
    const line = createTimeLine({
      rules: '  - { alert: A, expr: x, labels: { z: "{{ $labels.none }}" } }',
      series: ["x 1"],
    });
    assert.deepEqual(await line.at("0"), ['firing {alertname="A"} 1']);
    assert.deepEqual(await line.ask("ALERTS", "0"), [
      '{__name__="ALERTS", alertname="A", alertstate="firing", z="{{ $labels.none }}"} 1',
    ]);
  });

  test("alerts that a limit has swept away end with the next evaluation that works", async () => {
    const line = createTimeLine({
      rules: "  - { alert: A, expr: x > 0 }",
      group: "limit: 1",
      series: ['x{i="0"} 1 1 0', 'x{i="1"} 0 1 0'],
    });
    await line.at("0");
    await line.at("1m");
    assert.equal((await line.ask("ALERTS", "1m")).length, 1);
    await line.at("2m");
    assert.deepEqual(await line.ask("ALERTS", "2m"), []);
  });
});

describe("when the rules of a group change", () => {
  test("rules are known again by name and labels, and what is gone ends (TestCopyState, TestDeletedRuleMarkedStale)", async () => {
    const line = createTimeLine({
      rules:
        "  - { alert: A, expr: x, for: 5m }\n  - { record: r, expr: x, labels: { l: v1 } }\n  - { record: r, expr: x, labels: { l: v2 } }\n  - { alert: B, expr: x }",
      series: ["x 1x20"],
    });
    await line.at("0");
    line.decisions();
    line.change(
      "  - { record: r, expr: x, labels: { l: v2 } }\n  - { alert: A, expr: x, for: 5m }\n  - { alert: C, expr: x, for: 5m }",
    );
    assert.deepEqual(await line.at("1m"), ['pending {alertname="A"} 1', 'pending {alertname="C"} 1']);
    assert.equal(line.state().rules[1]?.instances[0]?.activeAtMs, 0, "A goes on waiting");
    assert.deepEqual(line.decisions(), [
      "B: firing -> inactive at 60s, rule_removed",
      "C: inactive -> pending at 60s, condition_began",
    ]);
    assert.deepEqual(await line.ask("r", "1m"), ['{__name__="r", l="v2"} 1']);
    assert.deepEqual(await line.ask('ALERTS{alertname="B"}', "1m"), []);
  });
});
