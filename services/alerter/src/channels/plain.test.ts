import assert from "node:assert/strict";
import { test } from "node:test";
import { plainText, plainTitle } from "./plain.ts";
import { worstSeverity } from "./severity.ts";
import { resolvedNotification, sampleAlert, sampleNotification } from "./testing/sample.ts";

test("the title is that of Alertmanager's templates", () => {
  const other = sampleAlert({ labels: { alertname: "High CPU usage", severity: "warning", host: "web-2" } });
  assert.equal(plainTitle(sampleNotification()), "[FIRING:1] High CPU usage (web-1 warning)");
  assert.equal(plainTitle(resolvedNotification), "[RESOLVED] High CPU usage (web-1 warning)");
  assert.equal(
    plainTitle(sampleNotification({ alerts: [sampleAlert(), other] })),
    "[FIRING:2] High CPU usage (warning)",
  );
  const all = { alertname: "High CPU usage", severity: "warning", host: "web-1" };
  assert.equal(plainTitle(sampleNotification({ groupLabels: all })), "[FIRING:1] High CPU usage web-1 warning");
});

test("the text names every alert, up to a bound", () => {
  assert.equal(
    plainText(sampleNotification()),
    [
      "Firing:",
      " - alertname = High CPU usage",
      " - host = web-1",
      " - severity = warning",
      "Annotations:",
      " - runbook_url = http://run/book",
      " - summary = CPU of web-1 is at 93 %",
      "Source: http://prometheus/graph?g0.expr=up",
      "",
    ].join("\n"),
  );
  const many = sampleNotification({ alerts: Array.from({ length: 25 }, () => sampleAlert()), truncatedAlerts: 5 });
  assert.match(plainText(many), /\nand 10 more$/);
});

test("the worst severity is that of what fires", () => {
  const of = (severity: string, status: "firing" | "resolved" = "firing") =>
    sampleAlert({ labels: { severity }, status });
  const f = (alerts: ReturnType<typeof of>[], want: string | undefined) =>
    assert.equal(worstSeverity(sampleNotification({ alerts })), want);
  f([of("info"), of("Page"), of("warning")], "critical");
  f([of("info"), of("critical", "resolved")], "info");
  f([of("critical", "resolved"), of("low", "resolved")], "critical");
  f([of("terrible"), of("")], undefined);
  f([of("constructor")], undefined);
});
