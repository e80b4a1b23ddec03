// The engine's outside judge: the test scripts of Prometheus itself.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, it } from "node:test";
import { scriptCases } from "../../libs/query/src/promql/testing/run-script.ts";

const folder = process.env["SIGHTLINE_PROMQL_TESTS"] ?? resolve(import.meta.dirname, "../../../shared/data/promqltest");
const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".test")) : [];

/** As upstream's own runner sets the engine up. */
const options = {
  lookbackMs: 300_000,
  defaultSubqueryStepMs: 60_000,
  delayedNameRemoval: true,
  useStartTimes: true,
};

describe("Prometheus' promqltest", { skip: files.length === 0 ? `not here: ${folder}` : false }, () => {
  for (const file of files) {
    describe(file, () => {
      const settings = { ...options, typeAndUnitLabels: file === "type_and_unit.test" };
      for (const one of scriptCases(readFileSync(join(folder, file), "utf8"), settings)) it(one.name, one.run);
    });
  }
});
