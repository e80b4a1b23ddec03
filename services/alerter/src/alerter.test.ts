import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Comparison, Rule } from "@sightline/proto/sightline/alert/v1/alert_service";
import { eventually } from "@sightline/testkit/eventually";
import { startNats, startPostgres, type TestServer } from "@sightline/testkit/servers";
import { startReceiver } from "./testing/receiver.ts";
import { createWorld, ofTenant, type World } from "./testing/world.ts";

describe("the alerter", () => {
  let nats: TestServer;
  let postgres: TestServer;
  before(async () => {
    [nats, postgres] = await Promise.all([startNats(), startPostgres()]);
  });
  after(async () => {
    await Promise.all([nats.stop(), postgres.stop()]);
  });
  const world = (): Promise<World> => createWorld({ postgresUrl: postgres.url, natsUrl: nats.url });

  test("tells a webhook of a metric rule that fires and resolves", async () => {
    await using here = await world();
    await using receiver = await startReceiver();
    await using alerter = await here.startAlerter();
    await putWebhook(alerter, receiver.url);
    await alerter.client.call("putRule", { rule: metricRule() }, ofTenant);
    here.storage.set("queue_depth", 12, { queue: "mail" });
    await eventually(() => receiver.received.length === 1);
    assert.equal(receiver.received[0]?.body.status, "firing");
    here.storage.set("queue_depth", 3, { queue: "mail" });
    await eventually(() => receiver.received.length === 2);
    assert.equal(receiver.received[1]?.body.status, "resolved");
  });
});

async function putWebhook(alerter: Awaited<ReturnType<World["startAlerter"]>>, url: string, name = "hook") {
  const webhook = { url, timeoutMs: 1000, retryAttempts: 3, retryDelayMs: 100, bearerToken: "", hasBearerToken: false };
  await alerter.client.call("putChannel", { channel: { name, kind: { $case: "webhook", value: webhook } } }, ofTenant);
}

function metricRule(): Rule {
  return {
    ...Rule.fromPartial({ name: "Deep queue", channels: ["hook"], enabled: true }),
    condition: {
      $case: "metric",
      value: {
        query: {
          metric: "queue_depth",
          matchers: [],
          range: undefined,
          stepSeconds: 0,
          function: 0,
          windowSeconds: 0,
          aggregation: 0,
          groupBy: [],
          limit: 0,
        },
        comparison: Comparison.GREATER,
        threshold: 10,
        forSeconds: 0,
      },
    },
  };
}
