import assert from "node:assert/strict";
import { test } from "node:test";
import { anyAttribute } from "./attribute-name.ts";
import { parseTraceQl } from "./traceql.ts";

for (const name of ["http.route", 'a "b" \\ c', "two\nlines", "tab\t", "span.x", "ü = 1 }"]) {
  test(`an attribute called ${JSON.stringify(name)} is found again in TraceQL`, () => {
    const { query } = parseTraceQl(`{ ${anyAttribute(name)} = "x" }`);
    assert.ok(JSON.stringify(query).includes(`"name":${JSON.stringify(name)}`), JSON.stringify(query));
  });
}
