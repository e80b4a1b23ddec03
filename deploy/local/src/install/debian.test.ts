import assert from "node:assert/strict";
import { test } from "node:test";
import { dependenciesToFetch } from "./debian.ts";

test("of the dependencies only code is fetched, the first of alternatives", () => {
  const depends =
    "Depends: adduser, libatomic1 (>= 4.8), libc6 (>= 2.34), lsb-base (>= 3.2-14), redis-tools (= 5:7.0.15), liblua5.1-0 | liblua5.1-0-dev, libx:any";
  assert.deepEqual(dependenciesToFetch(depends), ["libatomic1", "libc6", "redis-tools", "liblua5.1-0", "libx"]);
  assert.deepEqual(dependenciesToFetch(""), []);
});
