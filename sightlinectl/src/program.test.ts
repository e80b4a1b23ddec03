import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, test } from "node:test";
import { runProgram } from "./program.ts";

/** Answers like a gateway that knows three dead letters, one of which cannot be sent again as it is. */
const server = createServer((request, response) => {
  const url = new URL(request.url ?? "", "http://gateway");
  const answer = (status: number, body: unknown) => response.writeHead(status).end(JSON.stringify(body));
  const error = (status: number, message: string) => answer(status, { error: { code: "some", message } });
  if (request.headers.authorization !== "Bearer the-key") return error(401, "send authorization: Bearer <key>");
  if (url.pathname === "/v1/dead-letters") {
    const start = Number(url.searchParams.get("start"));
    const whose = url.searchParams.get("tenant");
    const known = whose === null || whose === "*" ? [1, 2, 3] : [2];
    const deadLetters = known.filter((sequence) => sequence >= start).map(letterOf);
    // Pages of two.
    return answer(200, { deadLetters: deadLetters.slice(0, 2), next: deadLetters[2]?.sequence ?? null });
  }
  if (url.pathname === "/v1/dead-letters/2/redrive") return error(409, "other records are stored and would be twice");
  if (url.pathname.endsWith("/redrive")) return answer(200, { sequence: 77 });
  if (request.method === "DELETE" && url.pathname === "/v1/dead-letters/2") return answer(200, {});
  if (url.pathname === "/v1/dead-letters/1") return answer(200, { deadLetter: letterOf(1) });
  if (url.pathname === "/v1/dead-letters/3" && url.searchParams.get("tenant") === "acme") {
    return answer(200, { deadLetter: letterOf(3) });
  }
  return error(404, "cannot find the dead letter");
});

const letterOf = (sequence: number) => ({
  sequence,
  time: "2026-11-21T05:00:00.000000000Z",
  tenant: sequence === 3 ? "" : "acme",
  reason: "malformed",
  error: "cannot read\u001b[31m it",
  subject: "telemetry.logs.0",
  subjectSequence: sequence + 100,
  records: 5,
  firstRecord: sequence === 3 ? 7 : null,
  bytes: 2048,
  partlyStored: sequence === 2,
});

let url: string;
before(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address: AddressInfo | string | null = server.address();
  url = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
});
after(() => new Promise((resolve) => server.close(resolve)));

async function run(args: string, env: Readonly<Record<string, string>> = {}) {
  let stdout = "";
  let stderr = "";
  const code = await runProgram({
    args: args.split(" "),
    env: { SIGHTLINE_SERVER: url, SIGHTLINE_API_KEY: "the-key", SIGHTLINE_DIR: "/nonexistent", ...env },
    version: "1.2.3",
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
    signal: new AbortController().signal,
    now: () => 0,
  });
  return { code, stdout, stderr };
}

describe("dead letters on the command line", () => {
  test("are a table for people, over all pages, with nothing that steers a terminal", async () => {
    const { code, stdout, stderr } = await run("deadletters list");
    assert.equal(code, 0);
    assert.equal(stderr, "");
    assert.deepEqual(stdout.split("\n").slice(0, 2), [
      "SEQUENCE  TIME                 TENANT  REASON     SUBJECT           RECORDS  ERROR",
      "       1  2026-11-21T05:00:00  acme    malformed  telemetry.logs.0        5  cannot read?[31m it",
    ]);
    assert.equal(stdout.trimEnd().split("\n").length, 4);
  });

  test("are JSON for programs", async () => {
    const { stdout } = await run("deadletters list --json");
    assert.deepEqual(JSON.parse(stdout), { deadLetters: [1, 2, 3].map(letterOf), next: null });
  });

  test("say where to go on when there are more", async () => {
    const { stdout, stderr } = await run("deadletters list --limit 2");
    assert.equal(stdout.trimEnd().split("\n").length, 3);
    assert.equal(stderr, "there are more: go on with --start 3\n");
  });

  test("one is shown", async () => {
    const { stdout } = await run("deadletters show 1");
    assert.match(stdout, /^tenant {4}acme$/m);
    assert.match(stdout, /^from {6}telemetry\.logs\.0, sequence 101\nholds {5}5 records, 2\.05 kB$/m);
  });

  test("are those of another tenant, or of all, for who runs the system", async () => {
    const sequences = (stdout: string) => [...stdout.matchAll(/^ +(\d) /gm)].map(([, sequence]) => Number(sequence));
    assert.deepEqual(sequences((await run("deadletters list --tenant acme")).stdout), [2]);
    assert.deepEqual(sequences((await run("deadletters list --all-tenants")).stdout), [1, 2, 3]);
    const { stdout } = await run("deadletters show 3 --tenant acme");
    assert.match(stdout, /^holds {5}5 records of a message, from its 8\. on, 2\.05 kB$/m);
    assert.match((await run("deadletters redrive --all --tenant acme")).stderr, /0 of 1 dead letter sent again/);
  });

  test("are sent again; those that cannot be do not keep the others, and the exit code says so", async () => {
    const { code, stdout, stderr } = await run("deadletters redrive --all --json");
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^2 of 3 dead letters sent again\n1 dead letter could not be sent again; .* --even-if-partly-stored\n$/,
    );
    assert.deepEqual(JSON.parse(stdout), {
      redriven: [
        { sequence: 1, published: 77 },
        { sequence: 2, error: "other records are stored and would be twice" },
        { sequence: 3, published: 77 },
      ],
    });
  });
});

test("dead letters are deleted; one that is not there does not keep the others", async () => {
  const { code, stdout, stderr } = await run("deadletters delete 9 2 --json");
  assert.equal(code, 1);
  assert.equal(stderr, "1 dead letter could not be deleted\n");
  const error = "cannot find the dead letter";
  assert.deepEqual(JSON.parse(stdout), { deleted: [{ sequence: 9, error }, { sequence: 2 }] });
});

describe("what is wrong is one line, and the exit code tells whose fault it is", () => {
  const cases: readonly [what: string, args: string, code: number, line: RegExp, env?: Record<string, string>][] = [
    ["no such command", "deadleters list", 2, /unknown command 'deadleters'\n\(Did you mean deadletters\?\)/],
    ["no such command of a group", "backups lst", 2, /^unknown command 'backups lst': want list or prune$/m],
    ["a word that is none of those", "deadletters list --reason odd", 2, /Allowed choices are no_tenant, malformed, /],
    ["nothing that is to be removed", "backups prune", 2, /want --keep <count> or --unfinished/],
    ["an address that is none", "deadletters list", 2, /SIGHTLINE_SERVER\): invalid URL/, { SIGHTLINE_SERVER: "odd" }],
    ["a directory that is not there", "restore /nonexistent --replace", 1, /\/nonexistent: it is not there/],
    [
      "a server that is away",
      "backup --to /tmp --name never",
      3,
      /^cannot reach ClickHouse at http:\/\/127\.0\.0\.1:9: connect ECONNREFUSED/,
      { SIGHTLINE_INTERNAL_TOKEN: "t", SIGHTLINE_CLICKHOUSE_URL: "http://127.0.0.1:9" },
    ],
    ["no such option", "deadletters list --limits 3", 2, /unknown option '--limits'/],
    ["a value that is no number", "deadletters list --limit many", 2, /want a whole number from 1/],
    ["neither letters nor --all", "deadletters redrive", 2, /want either sequences or --all/],
    ["a wrong key", "deadletters list", 1, /^send authorization/, { SIGHTLINE_API_KEY: "another" }],
    ["no key", "deadletters list", 2, /want one with the scope admin in SIGHTLINE_API_KEY/, { SIGHTLINE_API_KEY: "" }],
    [
      "no server",
      "deadletters list",
      3,
      /cannot reach .*is Sightline running there/,
      { SIGHTLINE_SERVER: "http://127.0.0.1:1" },
    ],
    ["no such letter", "deadletters show 9", 1, /^cannot find the dead letter/],
    ["a directory without a backup", "restore /tmp --replace", 1, /it is no finished backup/],
    ["no internal token", "backup --to /tmp --name never", 2, /SIGHTLINE_INTERNAL_TOKEN/],
    [
      "times that never come",
      "backup --cron 0\u00a00\u00a030\u00a02\u00a0*",
      2,
      /they never come/,
      { SIGHTLINE_INTERNAL_TOKEN: "t" },
    ],
    ["a name that is a path", "backup --name ../up", 2, /cannot name the backup "\.\.\/up"/],
    ["a settings file with an unknown key", "--config package.json deadletters list", 2, /unknown key/],
  ];
  for (const [what, args, code, line, env] of cases) {
    test(what, async () => {
      const result = await run(args, env);
      assert.match(result.stderr, line);
      assert.equal(result.code, code);
      assert.equal(result.stdout, "");
    });
  }

  test("help and version are no errors", async () => {
    assert.equal((await run("--version")).stdout, "1.2.3\n");
    const { code, stdout } = await run("backup --help");
    assert.equal(code, 0);
    assert.match(stdout, /--cron <times>/);
  });
});
