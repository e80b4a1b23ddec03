import { expandStatement } from "./grafana-statements.ts";
import { argumentsAt } from "./sql-parts.ts";

/** What Grafana has chosen: a range, the width of a point, and what its variables are set to. */
export interface Dashboard {
  /** Seconds since the Unix epoch. */
  readonly from: number;
  readonly to: number;
  readonly intervalSeconds: number;
  /** The text that stands for `$name`; undefined: "All". */
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** What a query names outside of its text. */
  readonly table?: string;
  readonly column?: string;
}

/** One macro: its name, and what stands for it with these arguments. */
const MACROS: Readonly<Record<string, (dashboard: Dashboard, args: readonly string[]) => string>> = {
  timeFilter: ({ from, to }, [column]) => `${column} >= toDateTime(${from}) AND ${column} <= toDateTime(${to})`,
  timeFilter_ms: ({ from, to }, [column]) =>
    `${column} >= fromUnixTimestamp64Milli(${from * 1000}) AND ${column} <= fromUnixTimestamp64Milli(${to * 1000})`,
  dateFilter: (dashboard, [column]) => `${column} >= ${day(dashboard.from)} AND ${column} <= ${day(dashboard.to)}`,
  dateTimeFilter: ({ from, to }, [date, time]) =>
    `(${date} >= ${day(from)} AND ${date} <= ${day(to)}) AND (${time} >= toDateTime(${from}) AND ${time} <= toDateTime(${to}))`,
  dt: (dashboard, args) => MACROS["dateTimeFilter"]?.(dashboard, args) ?? "",
  fromTime: ({ from }) => `toDateTime(${from})`,
  toTime: ({ to }) => `toDateTime(${to})`,
  fromTime_ms: ({ from }) => `fromUnixTimestamp64Milli(${from * 1000})`,
  toTime_ms: ({ to }) => `fromUnixTimestamp64Milli(${to * 1000})`,
  timeInterval: ({ intervalSeconds }, [column]) =>
    `toStartOfInterval(toDateTime(${column}), INTERVAL ${intervalSeconds} second)`,
  timeInterval_ms: ({ intervalSeconds }, [column]) =>
    `toStartOfInterval(toDateTime64(${column}, 3), INTERVAL ${intervalSeconds * 1000} millisecond)`,
  interval_s: ({ intervalSeconds }) => String(intervalSeconds),
  // Grafana's own, which every data source has.
  interval: ({ intervalSeconds }) => `${intervalSeconds}s`,
  interval_ms: ({ intervalSeconds }) => String(intervalSeconds * 1000),
  // Those that every data source of SQL has (data/sqlutil of Grafana's SDK for plugins). What comes of those of times is not
  // for ClickHouse: it compares no such text with a DateTime64, and knows no datepart.
  timeFrom: ({ from }, [column]) => `${column} >= '${timeText(from)}'`,
  timeTo: ({ to }, [column]) => `${column} <= '${timeText(to)}'`,
  timeGroup: (_dashboard, [column, period = ""]) =>
    PERIODS.slice(PERIODS.indexOf(period))
      .map((part) => `datepart(${part}, ${column})`)
      .join(","),
  table: ({ table = "" }) => table,
  column: ({ column = "" }) => column,
  conditionalAll: ({ variables }, [condition = "", variable = ""]) =>
    variables[variable.slice(1)] === undefined ? "1=1" : condition,
};

/** From the shortest on; a group by one of them is one by the longer ones too. */
const PERIODS: readonly string[] = ["minute", "hour", "day", "month", "year"];

function timeText(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(".000Z", "Z");
}

function day(seconds: number): string {
  return `toDate('${new Date(seconds * 1000).toISOString().slice(0, 10)}')`;
}

/**
 * A query as Grafana's ClickHouse data source (4.20) sends it: macros first, those of whole statements before the others, then
 * variables. Throws at a macro that there is none of.
 */
export function expand(sql: string, dashboard: Dashboard): string {
  const statement = expandStatement(sql, dashboard);
  let expanded = "";
  let from = 0;
  for (const { 0: text, 1: name = "", index } of statement.matchAll(/\$__(\w+)/g)) {
    // One in another's arguments has gone with it.
    if (index < from) continue;
    const macro = MACROS[name];
    if (macro === undefined) throw new Error(`cannot expand ${text}: there is no such macro`);
    const open = index + text.length;
    const { args, end } = statement[open] === "(" ? argumentsAt(statement, open) : { args: [], end: open };
    expanded += statement.slice(from, index) + macro(dashboard, args);
    from = end;
  }
  expanded += statement.slice(from);
  return expanded.replaceAll(/\$(\w+)/g, (text, name: string) => dashboard.variables[name] ?? text);
}
