import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createLogger, type LogLevel } from "./logger.ts";
import { createSecret } from "./secret.ts";

function recording(level: LogLevel) {
  const lines: Record<string, unknown>[] = [];
  const log = createLogger({ name: "svc", level, destination: { write: (line) => void lines.push(JSON.parse(line)) } });
  return { lines, log };
}

describe("a logger", () => {
  it("writes one JSON object a line with level, service and time", () => {
    const { lines, log } = recording("info");
    log.info({ port: 1 }, "listening");
    const [line = {}] = lines;
    assert.deepEqual(
      { ...line, time: typeof line["time"] },
      { level: "info", time: "string", service: "svc", port: 1, msg: "listening" },
    );
  });

  it("leaves out what is below its level", () => {
    const { lines, log } = recording("warn");
    log.debug({}, "a");
    log.info({}, "b");
    log.warn({}, "c");
    log.error({}, "d");
    assert.deepEqual(
      lines.map(({ msg }) => msg),
      ["c", "d"],
    );
  });

  it("writes an error with its stack, and hides secrets", () => {
    const { lines, log } = recording("info");
    log.error({ err: new Error("no luck"), token: createSecret("hunter2") }, "failed");
    const text = JSON.stringify(lines);
    assert.match(text, /no luck/);
    assert.match(text, /logger\.test\.ts/);
    assert.doesNotMatch(text, /hunter2/);
  });
});
