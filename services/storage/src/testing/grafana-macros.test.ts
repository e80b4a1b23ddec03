import assert from "node:assert/strict";
import { test } from "node:test";
import { expand } from "./grafana-macros.ts";

const dashboard = {
  from: 1_415_792_726,
  to: 1_447_328_726,
  intervalSeconds: 20,
  variables: { service: "'shop'", all: undefined },
  table: "otel_logs",
  column: "Body",
};
const filter = "ts >= toDateTime(1415792726) AND ts <= toDateTime(1447328726)";
const bucket = "toStartOfInterval(toDateTime(ts), INTERVAL 20 second)";
const since = "(t - lagInFrame(t, 1, t) OVER w)";
const growth = "max(n) - lagInFrame(max(n), 1, max(n)) OVER w";
const window =
  "WINDOW w AS (PARTITION BY metric ORDER BY t ASC ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) ORDER BY t, metric";

/** As the plugin's own tests have it (pkg/macros/macros_test.go and statement_test.go). */
const cases: readonly (readonly [sql: string, want: string])[] = [
  ["$__timeFilter(ts)", filter],
  [
    "$__timeFilter_ms(ts)",
    "ts >= fromUnixTimestamp64Milli(1415792726000) AND ts <= fromUnixTimestamp64Milli(1447328726000)",
  ],
  ["$__dateFilter(d)", "d >= toDate('2014-11-12') AND d <= toDate('2015-11-12')"],
  ["$__dt(d, ts)", `(d >= toDate('2014-11-12') AND d <= toDate('2015-11-12')) AND (${filter})`],
  ["$__timeFrom(ts) AND $__timeTo(ts)", "ts >= '2014-11-12T11:45:26Z' AND ts <= '2015-11-12T11:45:26Z'"],
  ["$__fromTime, $__toTime_ms", "toDateTime(1415792726), fromUnixTimestamp64Milli(1447328726000)"],
  ["$__timeInterval(ts)", bucket],
  ["$__timeInterval_ms(f(a, ')'))", "toStartOfInterval(toDateTime64(f(a, ')'), 3), INTERVAL 20000 millisecond)"],
  ["$__timeGroup(ts, day)", "datepart(day, ts),datepart(month, ts),datepart(year, ts)"],
  ["$__interval_s $__interval $__interval_ms", "20 20s 20000"],
  ["SELECT $__column FROM $__table", "SELECT Body FROM otel_logs"],
  ["$__conditionalAll(s IN ($service), $service)", "s IN ('shop')"],
  ["$__conditionalAll(s IN ($all), $all)", "1=1"],
  [
    "$__columns(ts, svc, count() AS c) FROM requests WHERE svc != 'a, (b' HAVING c > 10 LIMIT 5 SETTINGS max_threads = 4;",
    `SELECT ${bucket} AS t, toString(svc) AS metric, count() AS c FROM requests WHERE ${filter} AND (svc != 'a, (b')` +
      " GROUP BY t, metric HAVING c > 10 ORDER BY t, metric LIMIT 5 SETTINGS max_threads = 4",
  ],
  [
    "WITH top AS (SELECT s FROM r ORDER BY 1 LIMIT 5) $__columns(ts, s AS svc, count()) from r where s IN top order by t desc",
    `WITH top AS (SELECT s FROM r ORDER BY 1 LIMIT 5) SELECT ${bucket} AS t, toString(s) AS svc, count() AS value from r` +
      ` WHERE ${filter} AND (s IN top) GROUP BY t, svc order by t desc`,
  ],
  [
    "$__rateColumns(ts, s, sum(n)) FROM r",
    `SELECT ${bucket} AS t, toString(s) AS metric, if(${since} = 0, nan, sum(n) / ${since}) AS value FROM r` +
      ` WHERE ${filter} GROUP BY t, metric ${window}`,
  ],
  [
    "$__perSecondColumns(ts, s, n AS rps) FROM r",
    `SELECT ${bucket} AS t, toString(s) AS metric, if(${since} = 0 OR (${growth}) < 0, nan, (${growth}) / ${since}) AS rps` +
      ` FROM r WHERE ${filter} GROUP BY t, metric ${window}`,
  ],
  [
    "$__increaseColumns(ts, s, n) FROM r",
    `SELECT ${bucket} AS t, toString(s) AS metric, if(${since} = 0 OR (${growth}) < 0, nan, toFloat64(${growth})) AS value` +
      ` FROM r WHERE ${filter} GROUP BY t, metric ${window}`,
  ],
  [
    "$__lttb(auto, ts, n) FROM r WHERE a = 'eu'",
    `SELECT point.1 AS ts, point.2 AS n FROM (SELECT arrayJoin(lttb(1576800)(ts, n)) AS point FROM r WHERE ${filter}` +
      " AND (a = 'eu')) ORDER BY ts",
  ],
  [
    "$__lttb(5, ts, avg(n)) FROM r GROUP BY ts",
    "SELECT point.1 AS ts, point.2 AS y FROM (SELECT arrayJoin(lttb(5)(ts, y)) AS point FROM" +
      ` (SELECT ts, avg(n) AS y FROM r WHERE ${filter} GROUP BY ts ORDER BY ts)) ORDER BY ts`,
  ],
];
for (const [sql, want] of cases) test(sql, () => assert.equal(expand(sql, dashboard), want));

const wrong: readonly (readonly [sql: string, problem: RegExp])[] = [
  ["SELECT $__timeFiltre(ts)", /^Error: cannot expand \$__timeFiltre: there is no such macro$/],
  ["SELECT $__timeFilter(ts", /its bracket is open/],
  ["$__columns(a, b) FROM t", /got 2 arguments, want 3/],
  ["$__columns(a, b, c)", /want FROM/],
  ["$__columns(a, b, c) FROM t GROUP BY b", /got GROUP BY/],
  ["$__columns(a, b, c) FROM t ORDER BY t HAVING c > 1", /HAVING is out of order/],
  ["$__columns(a, b, c) FROM t UNION ALL $__lttb(1, b, c) FROM t", /want one statement/],
  ["SELECT * FROM ($__columns(a, b, c) FROM t)", /there is no such macro/],
  ["$__lttb(ten, a, b) FROM t", /got ten buckets/],
];
for (const [sql, problem] of wrong) test(`${sql} fails`, () => assert.throws(() => expand(sql, dashboard), problem));
