import assert from "node:assert/strict";
import { test } from "node:test";
import { createExpandTemplate } from "@sightline/rules/template/alert-template";
import { createQueryBudget } from "./query-budget.ts";

const data = { alertName: "Deploy", labels: {}, value: 1, atMs: 1 };

test("texts whose queries take too long say so, and others are not asked for until time has passed", async () => {
  let [asked, passedMs] = [0, 0];
  let isThere = false;
  const query = createQueryBudget({
    ask: (_text, _atMs, signal) => {
      asked += 1;
      if (isThere) return Promise.resolve([{ labels: {}, value: 7 }]);
      return new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    },
    ...{ maxMs: 50, share: 0.1, steadyMs: () => performance.now() + passedMs },
  });
  const expand = createExpandTemplate({ externalLabels: {}, externalUrl: "", query });
  const text = () => expand('{{ with query "load" }}load {{ . | first | value }}{{ end }}', data);

  for (let event = 0; event < 20; event++) {
    assert.match(await text(), /^<error expanding template: .*cannot ask: queries of texts have taken too long/);
  }
  assert.ok(asked <= 2, `asked ${asked} times`);
  isThere = true;
  passedMs += 1000;
  assert.equal(await text(), "load 7");
});
