import assert from "node:assert/strict";
import { test } from "node:test";
import { reasonIn } from "./service-process.ts";

const started = '{"level":"info","msg":"stream made"}';
const failed = '{"level":"error","msg":"cannot go on","err":{"message":"the port is taken"}}';
const said = "sightline alerter: cannot listen on 127.0.0.1:7103 for gRPC: the port is taken";
const untold = '{"level":"warn","reason":"connect ECONNREFUSED","msg":"cannot export telemetry"}';

for (const { name, lines, want } of [
  {
    name: "what it said on standard error, not the warning after it",
    lines: [started, failed, said, untold],
    want: said,
  },
  { name: "the log's last error", lines: [failed, untold], want: "cannot go on: the port is taken" },
  { name: "the log's last line", lines: [started], want: "stream made" },
  { name: "an error of Node's own", lines: ["SyntaxError: bad", "", "Node.js v24.1.0"], want: "SyntaxError: bad" },
  { name: "silence", lines: [], want: "nothing" },
]) {
  test(`why a service ended: ${name}`, () => assert.equal(reasonIn(lines), want));
}
