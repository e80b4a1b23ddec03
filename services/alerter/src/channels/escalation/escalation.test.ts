import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "@sightline/errors/app-error";
import { createFields } from "../fields.ts";
import { createIntegration } from "../integrations.ts";
import { sampleAlert, sampleNotification, sampleTelling, testRim } from "../testing/sample.ts";
import { escalationSettings } from "./config.ts";
import { renderEscalation } from "./render.ts";

const settings = escalationSettings.parse({ policy: "payments" });

test("a group goes to its policy, with who takes care of it", async () => {
  const care = { by: "ann", note: "", atMs: 7 };
  const telling = sampleTelling({ care });
  const news = renderEscalation(settings, {
    ...telling,
    fields: createFields(telling.templates, telling.notification),
  });
  const { tenant, notification, atMs } = telling;
  assert.deepEqual(news, { tenant, policy: "payments", notification, atMs, care });
  const outcome = await createIntegration("escalation", { policy: "payments" }, testRim()).send(telling);
  assert.deepEqual(outcome, { delivered: true, outcome: "payments began", retryable: false });
});

test("of many alerts those that fire are told", () => {
  const over = Array.from({ length: 150 }, () => sampleAlert({ status: "resolved" }));
  const telling = sampleTelling({ notification: sampleNotification({ alerts: [...over, sampleAlert()] }) });
  const { notification } = renderEscalation(settings, {
    ...telling,
    fields: createFields(telling.templates, telling.notification),
  });
  assert.equal(notification.alerts[0]?.status, "firing");
  assert.deepEqual([notification.alerts.length, notification.truncatedAlerts], [100, 51]);
});

test("a policy that is not there is refused, an outage is not the last word", async () => {
  const f = async (told: () => Promise<{ taken: boolean; said: string }>) => {
    const rim = testRim({ escalations: { told } });
    const { delivered, retryable } = await createIntegration("escalation", settings, rim).send(sampleTelling());
    return [delivered, retryable];
  };
  assert.deepEqual(await f(async () => ({ taken: false, said: "there is no such policy" })), [false, false]);
  assert.deepEqual(
    await f(async () => {
      throw new AppError("unavailable", "postgres is away");
    }),
    [false, true],
  );
});
