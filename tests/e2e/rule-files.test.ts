// Rule files from the outside: REST, the command line, Prometheus' API, and the ruler API that Grafana and mimirtool speak.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import { environmentOf } from "@sightline/local/install/binary";
import { fromDebian } from "@sightline/local/install/debian";
import { createRandom } from "@sightline/testkit/random";
import { z } from "zod";
import { runProgram } from "../../sightlinectl/src/program.ts";
import { randomRules } from "../../sightlinectl/src/rules/testing/random-rules.ts";
import { type FaultStack, startFaultStack } from "../faults/fault-stack.ts";
import { login } from "./rest-client.ts";

const plain = `# As Prometheus has it.
groups:
  - name: nodes
    interval: 30s
    rules:
      - record: job:up:sum
        expr: sum by (job) (up)
      - alert: Down
        expr: up == 0
        for: 5m
        labels: { severity: page }
        annotations: { summary: "{{ $labels.instance }} is down" }
`;

describe("rule files", { timeout: 180_000 }, () => {
  const opened = new AsyncDisposableStack();
  after(() => opened.disposeAsync());
  let system: FaultStack;
  let session: Record<string, string>;

  before(async () => {
    system = opened.use(await startFaultStack({ services: ["storage", "gateway", "alerter"] }));
    const { stack } = system;
    session = await login(stack.doors.page, stack.adminUser, stack.secrets.adminPassword);
  });

  interface Asking {
    readonly method?: string;
    readonly body?: string;
    readonly headers?: Readonly<Record<string, string>>;
  }

  async function ask(path: string, { headers, ...rest }: Asking = {}) {
    const answer = await fetch(system.stack.doors.page + path, { ...rest, headers: { ...session, ...headers } });
    return { status: answer.status, etag: answer.headers.get("etag") ?? "", text: await answer.text() };
  }

  async function askJson(path: string, asking?: Asking) {
    const { status, text } = await ask(path, asking);
    return { status, body: z.looseObject({}).parse(JSON.parse(text)) };
  }

  const put = (name: string, body: string, headers: Readonly<Record<string, string>> = {}) =>
    ask(`/v1/rule-files/${encodeURIComponent(name)}/source`, { method: "PUT", body, headers });

  /** In this process: a dozen new ones take longer than all else. */
  async function rules(...args: string[]) {
    let [stdout, stderr] = ["", ""];
    const code = await runProgram({
      args: ["--config", join(system.stack.dir, "sightlinectl.yaml"), "rules", ...args],
      env: {},
      version: "test",
      stdout: { write: (text: string) => (stdout += text) },
      stderr: { write: (text: string) => (stderr += text) },
      signal: new AbortController().signal,
      now: Date.now,
    });
    return { code, stdout, stderr };
  }

  test("go in and out as YAML, just as they are written, and If-Match keeps others' changes", async () => {
    assert.equal((await put("team/nodes", plain, { "if-none-match": "*" })).status, 200);
    const { text, etag } = await ask("/v1/rule-files/team%2Fnodes/source");
    assert.equal(text, plain);
    assert.equal((await put("team/nodes", `${plain}# More.\n`, { "if-match": etag })).status, 200);
    const late = await put("team/nodes", `${plain}# Else.\n`, { "if-match": etag });
    assert.equal(late.status, 409);
    assert.match(late.text, /got version \d+ to change, but it is version \d+, put by/);
    assert.equal((await put("team/nodes", plain, { "if-none-match": "*" })).status, 409);
    const version = Number(/\d+/.exec(etag)?.[0]);
    assert.partialDeepStrictEqual((await askJson(`/v1/rule-files/team%2Fnodes?version=${version}`)).body, {
      source: plain,
      file: { name: "team/nodes", version, groups: 1, rules: 2 },
    });
    assert.equal((await ask("/v1/rule-files/team%2Fnodes", { method: "DELETE" })).status, 200);
    assert.equal((await ask("/v1/rule-files/team%2Fnodes")).status, 404);
  });

  test("that are wrong are refused with every place, and checking changes nothing", async () => {
    const wrong = plain.replace("up == 0", "up ==").replace("sum by (job) (up)", "sum(");
    const refused = await put("nodes", wrong);
    assert.equal(refused.status, 400);
    const { error } = z.object({ error: z.object({ message: z.string() }) }).parse(JSON.parse(refused.text));
    assert.match(
      error.message,
      /\n7:\d+: group "nodes", rule 1, "job:up:sum": .*\n9:\d+: group "nodes", rule 2, "Down": /,
    );
    const body = JSON.stringify({ source: wrong, onlyCheck: true });
    const json = { "content-type": "application/json" };
    const checked = await askJson("/v1/rule-files/nodes", { method: "PUT", body, headers: json });
    assert.partialDeepStrictEqual(checked.body, { file: null, problems: [{ line: 7 }, { line: 9 }] });
    assert.equal((await ask("/v1/rule-files/nodes")).status, 404);
  });

  test("are groups with their states in Prometheus' API, page by page", async () => {
    await put("nodes", plain);
    const { body } = await askJson("/api/v1/rules?file[]=nodes");
    assert.partialDeepStrictEqual(body, {
      status: "success",
      data: {
        groups: [
          {
            name: "nodes",
            file: "nodes",
            interval: 30,
            limit: 0,
            rules: [
              { name: "job:up:sum", query: "sum by (job) (up)", type: "recording" },
              {
                name: "Down",
                query: "up == 0",
                duration: 300,
                keepFiringFor: 0,
                labels: { severity: "page" },
                annotations: { summary: "{{ $labels.instance }} is down" },
                alerts: [],
                state: "inactive",
                type: "alerting",
              },
            ],
          },
        ],
      },
    });
    const groupsOf = (answer: unknown) =>
      z.object({ groups: z.array(z.object({ file: z.string() })), groupNextToken: z.string() }).parse(answer);
    const seen: string[] = [];
    for (let token = "", page = 0; page === 0 || token !== ""; page++) {
      const query = new URLSearchParams({ group_limit: "1", ...(token !== "" && { group_next_token: token }) });
      const { groups, groupNextToken } = groupsOf((await askJson(`/api/v1/rules?${query}`)).body["data"]);
      seen.push(...groups.map(({ file }) => file));
      token = groupNextToken;
    }
    assert.equal(seen[0], "nodes");
    assert.deepEqual(seen, [...new Set(seen)]);
    const lost = await askJson("/api/v1/rules?group_limit=1&group_next_token=gone");
    assert.partialDeepStrictEqual(lost, { status: 400, body: { errorType: "bad_data" } });
    assert.match(String(lost.body["error"]), /^invalid parameter "group_next_token": .*were rule groups changed/);
    assert.partialDeepStrictEqual((await askJson("/api/v1/alerts")).body, { data: { alerts: [] } });
  });

  test("are kept from the command line as they are in a directory", async () => {
    const dir = mkdtempSync(join(tmpdir(), "sightline-rules-"));
    opened.defer(() => rmSync(dir, { recursive: true, force: true }));
    mkdirSync(join(dir, "team"));
    writeFileSync(join(dir, "nodes.yml"), plain);
    writeFileSync(join(dir, "team/cart.yaml"), plain.replace("nodes", "cart"));
    writeFileSync(join(dir, "tests.yml"), "rule_files: [nodes.yml]\ntests: []\n");
    const changes = ({ stdout }: { readonly stdout: string }) =>
      z
        .object({ files: z.array(z.object({ name: z.string(), change: z.string() })) })
        .parse(JSON.parse(stdout))
        .files.map(({ name, change }) => `${name} ${change}`);

    assert.deepEqual(changes(await rules("push", dir, "--dry-run", "--json")), [
      "nodes unchanged",
      "team/cart created",
    ]);
    const compared = await rules("diff", dir);
    assert.equal(compared.code, 1);
    assert.match(
      compared.stdout,
      /^--- team\/cart on the server\n\+\+\+ team\/cart here\n@@ -0,0 \+1,12 @@\n\+# As Prometheus/,
    );
    const pushed = await rules("push", dir);
    assert.equal(pushed.code, 0, pushed.stderr);
    assert.match(pushed.stderr, /tests\.yml: left out/);
    assert.deepEqual(changes(await rules("push", dir, "--json")), ["nodes unchanged", "team/cart unchanged"]);
    assert.equal((await rules("diff", dir)).code, 0);

    writeFileSync(join(dir, "nodes.yml"), plain.replace("5m", "10m"));
    writeFileSync(join(dir, "team/cart.yaml"), plain.replace("up == 0", "up =="));
    const wrong = await rules("push", dir);
    assert.equal(wrong.code, 1);
    assert.match(wrong.stderr, /cart\.yaml: 9:\d+: group "nodes", rule 2, "Down".*\n1 problem: nothing was pushed/);
    assert.match((await ask("/v1/rule-files/nodes/source")).text, /for: 5m/);

    rmSync(join(dir, "team"), { recursive: true });
    await rules("enable", "api");
    assert.deepEqual(changes(await rules("push", dir, "--prune", "--json")), ["nodes changed", "team/cart deleted"]);
    const copy = join(dir, "copy");
    assert.equal((await rules("pull", copy)).code, 0);
    assert.equal(readFileSync(join(copy, "nodes.yml"), "utf8"), plain.replace("5m", "10m"));
    assert.match((await rules("packs")).stdout, /^api +\d+ +yes/m);
    assert.match((await rules("list")).stdout, /^pack:api +\d+/m);
    const deleted = await rules("delete", "pack:api", "none");
    assert.deepEqual([deleted.code, /pack:api +deleted/.test(deleted.stdout)], [1, true]);
  });

  test("that promtool accepts are taken, and come back to the byte", async () => {
    const dir = mkdtempSync(join(tmpdir(), "sightline-rules-"));
    opened.defer(() => rmSync(dir, { recursive: true, force: true }));
    const random = createRandom(7);
    const texts = [...Array.from({ length: 10 }, () => randomRules(random).rules), plain.replace(/\n/g, "\r\n")];
    const paths = texts.map((text, at) => {
      writeFileSync(join(dir, `random-${at}.yml`), text);
      return join(dir, `random-${at}.yml`);
    });
    const promtool = await fromDebian("prometheus", "promtool");
    await promisify(execFile)(promtool.path, ["check", "rules", ...paths], { env: environmentOf(promtool) });
    const pushed = await rules("push", dir);
    assert.equal(pushed.code, 0, pushed.stderr);
    const names = texts.map((_, at) => `random-${at}`);
    assert.equal((await rules("pull", join(dir, "back"), ...names)).code, 0);
    for (const [at, text] of texts.entries()) {
      assert.equal(readFileSync(join(dir, "back", `random-${at}.yml`), "utf8"), text);
    }
    await rules("delete", ...names);
  });

  test("are edited group by group where Grafana and mimirtool do it", async () => {
    const rules = "/prometheus/config/v1/rules";
    const group = "name: more\nrules:\n  - alert: Up\n    expr: up == 1\n    for: 1m\n";
    const features = { data: { features: { ruler_config_api: "true" } } };
    assert.partialDeepStrictEqual((await askJson("/prometheus/api/v1/status/buildinfo")).body, features);
    assert.doesNotMatch((await ask("/api/v1/status/buildinfo")).text, /features/);
    // Grafana asks for this one to see whether rules can be edited.
    const probed = await ask(`${rules}/test/test`);
    assert.deepEqual([probed.status, /"error":"group does not exist"/.test(probed.text)], [404, true], probed.text);
    assert.equal((await put("grafana", plain)).status, 200);
    assert.equal((await ask(`${rules}/grafana`, { method: "POST", body: group })).status, 202);
    assert.match(
      (await ask("/v1/rule-files/grafana/source")).text,
      /^# As Prometheus[\s\S]* {2}- name: more\n {4}rules:\n/,
    );
    assert.equal((await ask(`${rules}/grafana/more`)).text, group);
    assert.match((await ask(rules)).text, /^"grafana":\n {2}- name: nodes\n[\s\S]* {2}- name: more\n/m);
    const wrong = await ask(`${rules}/grafana`, { method: "POST", body: group.replace("==", "=") });
    assert.equal(wrong.status, 400);
    assert.match(wrong.text, /group \\"more\\", rule 1, \\"Up\\": could not parse expression/);
    assert.equal((await ask(`${rules}/grafana/more`, { method: "DELETE" })).status, 202);
    assert.equal((await ask(`${rules}/grafana/more`)).status, 404);
    assert.equal((await ask("/v1/rule-files/grafana/source")).text, plain);
    assert.equal((await ask(`${rules}/grafana`, { method: "DELETE" })).status, 202);
    assert.match((await ask(`${rules}/grafana`)).text, /no rule groups found/);
  });
});
