import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parse } from "yaml";
import { z } from "zod";
import { type Board, readBoards, readProvisioning } from "../e2e/grafana/boards.ts";
import { readDataSources } from "../e2e/grafana/data-sources.ts";

const boards = readBoards();
const dataSources = readDataSources();
const folders = z
  .object({ providers: z.array(z.object({ folder: z.string(), options: z.object({ path: z.string() }) })) })
  .parse(parse(readProvisioning("provisioning/dashboards/sightline.yaml"), { merge: true })).providers;

/** Every object in a value of JSON. */
function* objectsIn(value: unknown): Generator<Readonly<Record<string, unknown>>> {
  if (Array.isArray(value)) for (const one of value) yield* objectsIn(one);
  else if (value !== null && typeof value === "object") {
    yield { ...value };
    for (const one of Object.values(value)) yield* objectsIn(one);
  }
}

test("data sources are of their own names and reach what they point at", () => {
  const uids = dataSources.map(({ uid }) => uid);
  assert.equal(new Set(uids).size, uids.length);
  assert.deepEqual(dataSources.map(({ type }) => type).toSorted(), [
    "alertmanager",
    "grafana-clickhouse-datasource",
    "jaeger",
    "loki",
    "prometheus",
    "tempo",
  ]);
  for (const { datasourceUid } of objectsIn(dataSources)) {
    if (datasourceUid !== undefined) assert.ok(uids.includes(String(datasourceUid)), `${datasourceUid} is nowhere`);
  }
  // Everything that opens something comes from the environment of Grafana.
  for (const { uid, secureJsonData } of dataSources) {
    for (const value of Object.values(secureJsonData)) assert.match(value, /^(Bearer )?\$SIGHTLINE_[A-Z_]+$/, uid);
  }
});

test("every folder has boards, and every board a folder", () => {
  const provided = folders.map(({ options }) => options.path.replace("/etc/grafana/boards/", ""));
  assert.deepEqual([...new Set(boards.map(({ file }) => file.split("/")[1]))].toSorted(), provided.toSorted());
  assert.ok(folders.some(({ folder }) => folder === "DORA Compliance"));
});

test("boards are known by names of their own", () => {
  for (const names of [boards.map(({ uid }) => uid), boards.map(({ title }) => title)]) {
    assert.deepEqual(
      names.filter((name, at) => names.indexOf(name) !== at),
      [],
    );
  }
});

for (const board of boards) {
  describe(board.title, () => {
    test("names data sources that are provisioned", () => {
      for (const { datasource } of objectsIn(board)) {
        if (datasource === undefined) continue;
        const { uid, type } = z.object({ uid: z.string(), type: z.string() }).parse(datasource);
        const isKnown = dataSources.some((source) => source.uid === uid && source.type === type);
        assert.ok(isKnown || uid === "-- Mixed --", `${uid} of type ${type}`);
      }
    });

    test("uses variables that it has, and has those that it uses", () => {
      const own = new Set(board.templating.list.map(({ name }) => name));
      const text = JSON.stringify([board.panels, board.annotations]);
      const used = new Set([...text.matchAll(/\$\{?([a-z]\w*)/g)].map(([, name = ""]) => name));
      assert.deepEqual([...used].toSorted(), [...own].toSorted());
    });

    test("has panels with numbers of their own that say what they show and do not overlap", () => {
      const ids = board.panels.map(({ id }) => id);
      assert.equal(new Set(ids).size, ids.length);
      const taken = new Set<string>();
      for (const { title, type, description, gridPos, targets } of board.panels) {
        const { x, y, w, h } = gridPos;
        assert.ok(x + w <= 24, title);
        for (let row = y; row < y + h; row++) {
          for (let column = x; column < x + w; column++) {
            assert.ok(!taken.has(`${column} ${row}`), `${title} lies over another panel`);
            taken.add(`${column} ${row}`);
          }
        }
        if (type === "row") continue;
        assert.ok((description ?? "").length > 10, `${title} does not say what it shows`);
        assert.ok(targets.length > 0, `${title} asks nothing`);
        const refs = targets.map(({ refId }) => refId);
        assert.equal(new Set(refs).size, refs.length, title);
      }
    });

    test("leads to boards that there are", () => {
      for (const uid of linkedBy(board))
        assert.ok(
          boards.some((other) => other.uid === uid),
          `no board ${uid}`,
        );
    });
  });
}

function linkedBy(board: Board): string[] {
  const urls = board.panels.flatMap(({ links }) => links.map(({ url }) => url));
  return urls.map((url) => /^\/d\/([^?]+)\?\$\{__url_time_range\}$/.exec(url)?.[1] ?? url);
}
