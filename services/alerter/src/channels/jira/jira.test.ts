import assert from "node:assert/strict";
import { test } from "node:test";
import { groupHash } from "../group-hash.ts";
import { createIntegration } from "../integrations.ts";
import { type Answer, json, type Loopback, startLoopback, text } from "../testing/loopback.ts";
import { fixedTemplates, resolvedNotification, sampleNotification, sampleTelling, testRim } from "../testing/sample.ts";

const label = `ALERT{${groupHash(sampleNotification().groupKey)}}`;
const issue = (category: string) => ({ key: "OPS-1", fields: { status: { statusCategory: { key: category } } } });

/** Answers as a Jira whose search finds these issues. */
function jiraWith(issues: readonly object[]): Answer {
  return (response, received) => {
    const { method, path } = received;
    const answer = path.includes("/search")
      ? json(200, { issues })
      : method === "GET"
        ? json(200, {
            transitions: [
              { id: "11", name: "Reopen" },
              { id: "12", name: "Done" },
            ],
          })
        : method === "PUT" || path.endsWith("/transitions")
          ? text(204)
          : json(201, { id: "1", key: "OPS-1" });
    answer(response, received);
  };
}

const calls = ({ received }: Loopback) => received.map(({ method, path }) => `${method} ${path}`);

function jira({ url }: Pick<Loopback, "url">, change: object = {}) {
  const settings = { apiUrl: `${url}/rest/api/2`, project: "OPS", issueType: "Bug", ...change };
  return createIntegration("jira", settings, testRim());
}

test("a group without an issue gets one while it fires", async () => {
  await using receiver = await startLoopback(jiraWith([]));
  const integration = jira(receiver, { labels: ["b", "{{ .x }}"], fields: { customfield_1: { value: "{{ .x }}" } } });
  const told = await integration.send(sampleTelling({ templates: fixedTemplates("7") }));
  assert.equal(told.delivered, true);
  assert.deepEqual(calls(receiver), ["POST /rest/api/2/search", "POST /rest/api/2/issue"]);
  assert.deepEqual(JSON.parse(receiver.received[0]?.body ?? ""), {
    jql: `statusCategory != Done and project="OPS" and labels="${label}" order by status ASC,resolutiondate DESC`,
    maxResults: 2,
    fields: ["status"],
  });
  assert.deepEqual(JSON.parse(receiver.received[1]?.body ?? ""), {
    fields: {
      customfield_1: { value: 7 },
      project: { key: "OPS" },
      issuetype: { name: "Bug" },
      summary: "7",
      description: "7",
      labels: ["7", label, "b"],
      priority: { name: "7" },
    },
  });
  const outcome = await integration.send(sampleTelling({ notification: resolvedNotification }));
  assert.equal(outcome.outcome, "no issue to close");
  assert.equal(receiver.received.length, 3);
});

test("one that has an issue keeps it up to date, opens it again and closes it", async () => {
  const transitions = { reopenTransition: "Reopen", resolveTransition: "Done", reopenDurationMs: 3_600_000 };
  const f = async (category: string, change: object, want: readonly string[]) => {
    await using receiver = await startLoopback(jiraWith([issue(category)]));
    const outcome = await jira(receiver, { ...transitions, ...change }).send(sampleTelling());
    assert.equal(outcome.delivered, true);
    assert.deepEqual(calls(receiver).slice(1), want);
    return receiver.received.map(({ body }) => body);
  };
  const update = "PUT /rest/api/2/issue/OPS-1";
  const path = "/rest/api/2/issue/OPS-1/transitions";
  await f("new", {}, [update]);
  const [search, , , transition] = await f("done", {}, [update, `GET ${path}`, `POST ${path}`]);
  assert.match(search ?? "", /\(resolutiondate is EMPTY OR resolutiondate >= -60m\) and project/);
  assert.deepEqual(JSON.parse(transition ?? ""), { transition: { id: "11" } });
  const kept = { summary: { enableUpdate: false }, description: { template: "d", enableUpdate: false } };
  const [, put] = await f("new", kept, [update]);
  assert.deepEqual(Object.keys(JSON.parse(put ?? "").fields).sort(), ["issuetype", "labels", "priority", "project"]);

  await using receiver = await startLoopback(jiraWith([issue("new")]));
  await jira(receiver, { ...transitions, wontFixResolution: "Won't Do" }).send(
    sampleTelling({ notification: resolvedNotification }),
  );
  assert.deepEqual(calls(receiver).slice(1), [update, `GET ${path}`, `POST ${path}`]);
  assert.match(receiver.received[0]?.body ?? "", /resolution is EMPTY or resolution != \\"Won't Do\\"/);
  const missing = await jira(receiver, { resolveTransition: "Nope" }).send(
    sampleTelling({ notification: resolvedNotification }),
  );
  assert.deepEqual([missing.retryable, missing.outcome], [false, "can't find transition Nope for issue OPS-1"]);
});

test("Jira Cloud is searched by the newer search, and version 3 of its API wants documents", async () => {
  await using receiver = await startLoopback(jiraWith([]));
  await jira(receiver, { apiType: "cloud" }).send(sampleTelling());
  assert.equal(receiver.received[0]?.path, "/rest/api/3/search/jql");
  const v3 = { apiUrl: `${receiver.url}/rest/api/3`, description: { template: '{"type":"doc"}' } };
  await jira(receiver, v3).send(sampleTelling());
  assert.deepEqual(JSON.parse(receiver.received.at(-1)?.body ?? "").fields.description, { type: "doc" });
  const text = await jira(receiver, { ...v3, description: { template: "text" } }).send(sampleTelling());
  assert.deepEqual([text.delivered, text.retryable], [false, false]);
});

test("what is wrong with an issue is told", async () => {
  await using receiver = await startLoopback(
    json(400, { errorMessages: ["Nope."], errors: { priority: "The priority is invalid" } }),
  );
  const outcome = await jira(receiver).send(sampleTelling());
  assert.equal(outcome.outcome, "400 Nope.; priority: The priority is invalid");
});
