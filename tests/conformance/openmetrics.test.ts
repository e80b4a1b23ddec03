// The parser's outside judge: the test texts of the OpenMetrics project itself.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, it } from "node:test";
import { parseExposition } from "../../services/collector/src/scrape/exposition.ts";

const folder = resolve(import.meta.dirname, "../../../shared/data/openmetrics");
const cases = existsSync(folder) ? readdirSync(folder) : [];

describe("OpenMetrics 1.0 texts", { skip: cases.length === 0 ? `not here: ${folder}` : false }, () => {
  for (const name of cases) {
    it(name, () => {
      const { shouldParse, file } = JSON.parse(readFileSync(join(folder, name, "test.json"), "utf8"));
      const text = readFileSync(join(folder, name, file), "utf8");
      const { errors } = parseExposition(text, "openmetrics", { maxSamples: 10_000 });
      const told = errors.map(({ line, column, reason }) => `${line}:${column} ${reason}`).join("; ");
      assert.equal(errors.length === 0, shouldParse, told || "no fault was found");
    });
  }
});
