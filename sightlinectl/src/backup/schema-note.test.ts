import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Manifest } from "./manifest.ts";
import { schemaNote } from "./schema-note.ts";

const manifest: Manifest = {
  format: 1,
  name: "x",
  created: "2026-01-01T00:00:00.000Z",
  version: "0.3.0",
  postgres: { migrations: ["0001_users", "0002_keys"], tables: [], sequences: [] },
  clickhouse: { database: "sightline", inside: true, migrations: ["0001_logs"], tables: [] },
  lanes: [],
};

describe("after a restore it is said what its schema asks for", () => {
  const { migrations: postgres } = manifest.postgres;
  const { migrations: clickhouse } = manifest.clickhouse;
  const cases: readonly [what: string, known: Parameters<typeof schemaNote>[1], note: RegExp | undefined][] = [
    ["the same", { postgres, clickhouse }, undefined],
    ["the same, into an empty database", { postgres, clickhouse: [] }, undefined],
    [
      "an older one",
      { postgres: [...postgres, "0003_rules"], clickhouse: [...clickhouse, "0002_spans"] },
      /older schema, that of Sightline 0\.3\.0: start .* apply postgres 0003_rules, clickhouse 0002_spans$/,
    ],
    ["a newer one", { postgres, clickhouse: ["0000_first"] }, /newer schema, that of Sightline 0\.3\.0 .*0001_logs/],
  ];
  for (const [what, known, note] of cases) {
    test(what, () => {
      const said = schemaNote(manifest, known);
      if (note === undefined) assert.equal(said, undefined);
      else assert.match(said ?? "", note);
    });
  }
});
