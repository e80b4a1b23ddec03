/** What Grafana has chosen: a range, the width of a point, and what its variables are set to. */
export interface Dashboard {
  /** Seconds since the Unix epoch. */
  readonly from: number;
  readonly to: number;
  readonly intervalSeconds: number;
  /** The text that stands for `$name`; undefined: "All". */
  readonly variables: Readonly<Record<string, string | undefined>>;
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
  conditionalAll: ({ variables }, [condition = "", variable = ""]) =>
    variables[variable.slice(1)] === undefined ? "1=1" : condition,
};

function day(seconds: number): string {
  return `toDate('${new Date(seconds * 1000).toISOString().slice(0, 10)}')`;
}

/** A query as Grafana's ClickHouse data source (4.20) sends it: macros first, then variables. */
export function expand(sql: string, dashboard: Dashboard): string {
  let expanded = "";
  for (let at = 0; at < sql.length; ) {
    const [, name = ""] = /^\$__(\w+)/.exec(sql.slice(at)) ?? [];
    const macro = MACROS[name];
    if (macro === undefined) {
      expanded += sql[at];
      at += 1;
      continue;
    }
    const open = at + name.length + 3;
    const { args, end } = sql[open] === "(" ? argumentsAt(sql, open) : { args: [], end: open };
    expanded += macro(dashboard, args);
    at = end;
  }
  return expanded.replaceAll(/\$(\w+)/g, (text, name: string) => dashboard.variables[name] ?? text);
}

/** The arguments in the brackets that open there: commas within brackets do not part them. */
function argumentsAt(sql: string, open: number): { args: string[]; end: number } {
  const args = [""];
  let depth = 0;
  for (let at = open; at < sql.length; at++) {
    const char = sql[at] ?? "";
    if (char === ")" && depth === 1) return { args: args.map((arg) => arg.trim()), end: at + 1 };
    if (char === "," && depth === 1) args.push("");
    else if (depth > 0) args[args.length - 1] += char;
    if (char === "(") depth += 1;
    if (char === ")") depth -= 1;
  }
  throw new Error(`cannot read the macro at ${open}: its bracket is open`);
}
