import { argumentsAt, outermostText } from "./sql-parts.ts";

/** What the number of buckets that is chosen by itself depends on. */
interface Shown {
  readonly from: number;
  readonly to: number;
  readonly intervalSeconds: number;
}

/** What stands behind a macro, by its clauses, each with its word; that of WHERE is its condition alone. */
type Clauses = Readonly<Partial<Record<(typeof CLAUSES)[number], string>>>;
const CLAUSES = ["from", "where", "group by", "having", "order by", "limit", "settings"] as const;

type Statement = (args: readonly [string, string, string], clauses: Clauses, shown: Shown) => string;

/** Seconds since the bucket before, of the same series; 0 in the first one. */
const SINCE = "(t - lagInFrame(t, 1, t) OVER w)";
const grownBy = (counter: string) => `max(${counter}) - lagInFrame(max(${counter}), 1, max(${counter})) OVER w`;

/** Macros that stand for a statement: what follows them, from FROM on, goes into it (pkg/macros/statement.go of 4.20). */
const STATEMENTS: Readonly<Record<string, Statement>> = {
  columns: (args, clauses) => series(args, clauses, { value: (value) => value }),
  rateColumns: (args, clauses) =>
    series(args, clauses, { value: (value) => `if(${SINCE} = 0, nan, ${value} / ${SINCE})`, window: true }),
  perSecondColumns: (args, clauses) =>
    series(args, clauses, {
      value: (counter) => `if(${SINCE} = 0 OR (${grownBy(counter)}) < 0, nan, (${grownBy(counter)}) / ${SINCE})`,
      window: true,
    }),
  increaseColumns: (args, clauses) =>
    series(args, clauses, {
      value: (counter) => `if(${SINCE} = 0 OR (${grownBy(counter)}) < 0, nan, toFloat64(${grownBy(counter)}))`,
      window: true,
    }),
  lttb: fewerPoints,
};

/** A query with its macro for a whole statement, of which it may have one, written out. */
export function expandStatement(sql: string, shown: Shown): string {
  const [found, second] = outermostText(sql)
    .matchAll(/\$__(\w+)/g)
    .filter(({ 1: name = "" }) => name in STATEMENTS);
  if (found === undefined) return sql;
  const { 0: text, 1: name = "", index } = found;
  if (second !== undefined) throw new Error(`cannot expand ${text}: got ${second[0]} too, want one statement`);
  const { args, end } = argumentsAt(sql, index + text.length);
  const [first = "", key = "", value = "", ...more] = args;
  if (value === "" || more.length > 0) throw new Error(`cannot expand ${text}: got ${args.length} arguments, want 3`);
  const statement = STATEMENTS[name]?.([first, key, value], clausesOf(sql.slice(end), text), shown);
  return `${sql.slice(0, index)}${statement}`;
}

function clausesOf(tail: string, macro: string): Clauses {
  const text = tail.trim().replace(/;$/, "");
  const found = [...outermostText(text).matchAll(/\b(?:from|where|group\s+by|having|order\s+by|limit|settings)\b/gi)];
  const clauses: Partial<Record<(typeof CLAUSES)[number], string>> = {};
  let last = -1;
  for (const [at, { 0: word, index }] of found.entries()) {
    const spelled = word.toLowerCase().replaceAll(/\s+/g, " ");
    const clause = CLAUSES.find((one) => one === spelled);
    const place = clause === undefined ? -1 : CLAUSES.indexOf(clause);
    if (clause === undefined || place <= last) throw new Error(`cannot expand ${macro}: ${word} is out of order`);
    const whole = text.slice(index, found[at + 1]?.index).trim();
    clauses[clause] = clause === "where" ? whole.slice(word.length).trim() : whole;
    last = place;
  }
  if (clauses.from === undefined) throw new Error(`cannot expand ${macro}: want FROM behind it`);
  return clauses;
}

/** An expression and the name behind its AS, or the one given. */
function named(argument: string, otherwise: string): readonly [expression: string, name: string] {
  const found = [...outermostText(argument).matchAll(/\bas\b/gi)].at(-1);
  if (found === undefined || found.index === 0) return [argument, otherwise];
  return [argument.slice(0, found.index).trim(), argument.slice(found.index + 2).trim()];
}

const conditionOf = (time: string, { where }: Clauses) =>
  `WHERE $__timeFilter(${time})${where === undefined ? "" : ` AND (${where})`}`;

const joined = (parts: readonly (string | undefined)[]) => parts.filter((part) => part !== undefined).join(" ");

interface SeriesForm {
  /** What becomes of the third argument. */
  value(expression: string): string;
  /** Whether that looks at the bucket before. */
  readonly window?: true;
}

/** A series for each key, a point for each bucket of time. */
function series(args: readonly [string, string, string], clauses: Clauses, { value, window }: SeriesForm): string {
  if (clauses["group by"] !== undefined) throw new Error("cannot expand a macro for columns: got GROUP BY, want none");
  const [time] = args;
  const [key, keyName] = named(args[1], "metric");
  const [number, numberName] = named(args[2], "value");
  return joined([
    `SELECT $__timeInterval(${time}) AS t, toString(${key}) AS ${keyName}, ${value(number)} AS ${numberName}`,
    clauses.from,
    conditionOf(time, clauses),
    `GROUP BY t, ${keyName}`,
    clauses.having,
    window && `WINDOW w AS (PARTITION BY ${keyName} ORDER BY t ASC ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)`,
    clauses["order by"] ?? `ORDER BY t, ${keyName}`,
    clauses.limit,
    clauses.settings,
  ]);
}

/** As many points as can be seen, those that show the shape (ClickHouse's lttb). */
function fewerPoints([count, x, y]: readonly [string, string, string], clauses: Clauses, shown: Shown): string {
  const auto = Math.max(1, Math.floor((shown.to - shown.from) / Math.max(1, shown.intervalSeconds)));
  const buckets = count.toLowerCase() === "auto" ? auto : Number(count);
  if (!Number.isInteger(buckets) || buckets < 1) throw new Error(`cannot expand $__lttb: got ${count} buckets`);
  const [across, acrossName] = named(x, /^\w+$/.test(x) ? x : "x");
  const [up, upName] = named(y, /^\w+$/.test(y) ? y : "y");
  const condition = conditionOf(across, clauses);
  const behind = [clauses.having, clauses["order by"], clauses.limit, clauses.settings];
  const as = (expression: string, name: string) => (expression === name ? name : `${expression} AS ${name}`);
  const points = (columns: string, from: readonly (string | undefined)[]) =>
    joined([`SELECT arrayJoin(lttb(${buckets})(${columns})) AS point`, ...from]);
  // An aggregate of aggregates there is none: they are made before.
  const aggregated = joined([
    `SELECT ${as(across, acrossName)}, ${as(up, upName)}`,
    clauses.from,
    condition,
    clauses["group by"],
    clauses.having,
    clauses["order by"] ?? `ORDER BY ${acrossName}`,
    clauses.limit,
    clauses.settings,
  ]);
  const from =
    clauses["group by"] === undefined
      ? points(`${x}, ${y}`, [clauses.from, condition, ...behind])
      : points(`${acrossName}, ${upName}`, [`FROM (${aggregated})`]);
  return `SELECT point.1 AS ${acrossName}, point.2 AS ${upName} FROM (${from}) ORDER BY ${acrossName}`;
}
