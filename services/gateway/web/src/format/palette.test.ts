import assert from "node:assert/strict";
import { test } from "node:test";
import { colorOfIndex, colorOfName, colorsOfNames, SERIES_COLORS } from "./palette.ts";

test("a name always has the same colour of the palette", () => {
  const palette = new Set(Array.from({ length: SERIES_COLORS }, (_, index) => colorOfIndex(index)));
  for (const name of ["gateway", "storage", "", "checkout-service", "日本"]) {
    assert.equal(colorOfName(name), colorOfName(name));
    assert.ok(palette.has(colorOfName(name)), name);
  }
});

test("names shown together differ as long as there are colours, in any order", () => {
  const names = ["alerter", "analyzer", "collector", "gateway", "ingest", "reporter", "storage"];
  const colors = colorsOfNames(names);
  assert.equal(new Set(colors.values()).size, names.length);
  assert.deepEqual(colorsOfNames([...names].reverse()), colors);
  const many = Array.from({ length: 25 }, (_, index) => `service-${index}`);
  assert.equal(colorsOfNames(many).size, 25);
});
