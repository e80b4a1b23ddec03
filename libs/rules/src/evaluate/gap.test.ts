import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { AppError } from "@sightline/errors/app-error";
import { createTimeLine } from "./testing/time-line.ts";

const rule = (policy: string, expr = "x > 5") =>
  `  - { alert: A, expr: '${expr}', labels: { team: t }, sightline: { nodata: ${policy} } }`;
const series = ['x{i="0"} 9 9 _ stale _ 9', 'x{i="1"} 1x9'];
const firing = 'firing {alertname="A", i="0", team="t"} 9';
const inactive = 'inactive {alertname="A", i="0", team="t"} 9';

describe("a series that is not there any more", () => {
  for (const [policy, alerts] of [
    ["ok", [inactive]],
    ["keep", [firing]],
    ["alert", [firing, 'firing {alert_reason="nodata", alertname="A", i="0", severity="warning", team="t"} 0']],
    [
      "{ policy: alert, severity: info, for: 5m }",
      [firing, 'pending {alert_reason="nodata", alertname="A", i="0", severity="info", team="t"} 0'],
    ],
  ] as const) {
    test(`nodata: ${policy}`, async () => {
      const line = createTimeLine({ rules: rule(policy), series });
      await line.at("0");
      assert.deepEqual(await line.at("3m"), [...alerts].sort());
    });
  }

  test("is over when it is back", async () => {
    const line = createTimeLine({ rules: rule("alert"), series });
    await line.at("0");
    await line.at("3m");
    assert.deepEqual(await line.at("5m"), [
      firing,
      'inactive {alert_reason="nodata", alertname="A", i="0", severity="warning", team="t"} 0',
    ]);
  });

  test("ends what it holds after a day", async () => {
    const line = createTimeLine({ rules: rule("keep"), series });
    for (const time of ["0", "3m", "23h"]) assert.deepEqual(await line.at(time), [firing]);
    assert.deepEqual(await line.at("24h3m"), [inactive]);
  });
});

test("a series that is there and below the threshold is no gap", async () => {
  const line = createTimeLine({ rules: rule("alert"), series: ['x{i="0"} 9 1'] });
  await line.at("0");
  assert.deepEqual(await line.at("1m"), [inactive]);
});

describe("no data at all", () => {
  for (const [name, expr] of [
    ["behind a threshold", "x > 5"],
    ["in parentheses, the number first", "(5 < x)"],
    ["with another condition", "x > 5 and on () y > 0"],
    ["of two vectors", "x > on (i) y"],
  ] as const) {
    test(name, async () => {
      const line = createTimeLine({ rules: rule("alert", expr), series: ['x{i="0"} 1 stale', 'y{i="0"} 1x9'] });
      assert.deepEqual(await line.at("0"), []);
      assert.deepEqual(await line.at("1m"), [
        'firing {alert_reason="nodata", alertname="A", severity="warning", team="t"} 0',
      ]);
    });
  }
});

describe("an expression that fails", () => {
  const failing = new AppError("failed_precondition", "too many samples");
  const errorAlert = 'firing {alert_reason="eval_error", alertname="A", severity="critical"} 0';
  for (const [policy, alerts] of [
    ["keep", ['firing {alertname="A"} 1']],
    ["ok", ['inactive {alertname="A"} 1']],
    ["{ policy: alert, severity: critical }", [errorAlert, 'firing {alertname="A"} 1']],
  ] as const) {
    test(`eval_error: ${policy}`, async () => {
      const line = createTimeLine({
        rules: `  - { alert: A, expr: x, sightline: { eval_error: ${policy} } }`,
        series: ["x 1x9"],
      });
      await line.at("0");
      line.fail(failing);
      assert.deepEqual(await line.at("1m"), alerts);
      line.fail(undefined);
      assert.ok((await line.at("2m")).includes('firing {alertname="A"} 1'));
      assert.ok(!(await line.at("3m")).includes(errorAlert));
    });
  }
});
