import assert from "node:assert/strict";
import { test } from "node:test";
import { withSetBy } from "./set-by.ts";

test("who put a silence in the name of another stands beside it, and cannot be made up", () => {
  assert.deepEqual(withSetBy({ ticket: "7" }, "ann", "ann"), { ticket: "7" });
  assert.deepEqual(withSetBy({ ticket: "7" }, "ann", "key oncall"), { ticket: "7", sightline_set_by: "key oncall" });
  assert.deepEqual(withSetBy({ sightline_set_by: "bob" }, "ann", "eve"), { sightline_set_by: "eve" });
  assert.deepEqual(withSetBy({ sightline_set_by: "bob" }, "ann", "ann"), {});
});
