import { beginsJoin, type ExpressionPlace, readExpressions } from "./expressions.ts";
import { isStructure } from "./reserved.ts";
import { createStatementReader, type StatementReader } from "./statement-reader.ts";
import { quoteName, type SqlToken } from "./tokens.ts";

/** What SQL of users may see. */
export interface SqlGuardOptions {
  /** The database that the tables are in. */
  readonly database: string;
  /** The tables and views that it may read, each with a column `Tenant`. */
  readonly tables: ReadonlySet<string>;
}

/** A statement that may be run. */
export interface GuardedSql {
  /**
   * The statement written anew, without comments: each table is `(SELECT * FROM table WHERE Tenant = {sightline_tenant:String})`.
   * It has no settings and no format of its own.
   */
  readonly sql: string;
  /** The tables that it reads. */
  readonly tables: ReadonlySet<string>;
  /** The names of its own parameters. */
  readonly parameters: ReadonlySet<string>;
  /** Where in the source that stands which is at an offset of `sql`: ClickHouse's own errors have the latter. */
  placeOf(offset: number): number;
}

/** The parameter that whoever runs a statement has to bind to the tenant. */
export const TENANT_PARAMETER = "sightline_tenant";
const OWN_PREFIX = "sightline_";

/** Names of WITH, and what they are written as: a name that no table has, wherever ClickHouse looks for it. */
type Scope = ReadonlyMap<string, string>;

/**
 * Lets through one SELECT that reads the tenant's rows of the tables given and computes with them, and nothing else. It is read
 * word by word and written anew, so that ClickHouse sees nothing that was not understood here: anything that is not known to do no
 * harm is refused, with line and column and what could stand there instead. Throws invalid_argument.
 *
 * What this does not do is bound what the statement costs: it is to be run with `readonly = 1`, limits of time, rows, bytes and
 * memory, and the tenant's filter as `additional_table_filters` too, which holds even if this is deceived.
 */
export function guardSql(source: string, options: SqlGuardOptions): GuardedSql {
  const reader = createStatementReader(source);
  const tables = new Set<string>();
  const parameters = new Set<string>();
  const seeParameter: ExpressionPlace["seeParameter"] = (token) => {
    if (token.name.startsWith(OWN_PREFIX)) {
      reader.refuse(token, `got the parameter ${token.name}, want one that does not begin with ${OWN_PREFIX}`);
    }
    if (/identifier/i.test(token.type)) reader.refuse(token, "got a parameter of the type Identifier, want a value");
    parameters.add(token.name);
  };
  readQuery({ reader, options, tables, seeParameter }, new Map());
  while (reader.isNext(";")) reader.next();
  if (reader.peek().kind !== "end") refuseRest(reader);
  return { sql: reader.written(), tables, parameters, placeOf: reader.placeOf };
}

interface Guard {
  readonly reader: StatementReader;
  readonly options: SqlGuardOptions;
  readonly tables: Set<string>;
  readonly seeParameter: ExpressionPlace["seeParameter"];
}

const hints: ReadonlyMap<string, string> = new Map([
  ["SETTINGS", "no SETTINGS: limits are set by whoever runs it"],
  ["FORMAT", "no FORMAT: it is part of the request"],
  ["INTO", "no INTO: the rows are the answer"],
  ["PREWHERE", "WHERE: ClickHouse moves conditions by itself"],
  ["FINAL", "no FINAL: the tables need none"],
  ["SAMPLE", "no SAMPLE: the tables have no sampling key"],
]);

function refuseRest(reader: StatementReader): never {
  return reader.unexpected(hints.get(reader.word()) ?? "a clause, an operator or the end: one statement");
}

/** Queries with UNION, INTERSECT or EXCEPT between them. */
function readQuery(guard: Guard, outer: Scope): void {
  const { reader } = guard;
  const scope = reader.isNext("WITH") ? readWith(guard, outer) : outer;
  readTerm(guard, scope);
  while (["UNION", "INTERSECT", "EXCEPT"].includes(reader.word())) {
    reader.write(reader.next().sql);
    if (reader.word() === "ALL" || reader.word() === "DISTINCT") reader.write(reader.next().sql);
    readTerm(guard, scope);
  }
}

function readTerm(guard: Guard, scope: Scope): void {
  const { reader } = guard;
  if (reader.isNext("(")) readSubquery(guard, scope);
  else if (reader.isNext("WITH")) readSelect(guard, readWith(guard, scope));
  else readSelect(guard, scope);
}

function readSubquery(guard: Guard, scope: Scope): void {
  const { reader } = guard;
  reader.want("(");
  reader.nested(() => readQuery(guard, scope));
  if (!reader.isNext(")")) refuseRest(reader);
  reader.want(")");
}

function expressionsIn(guard: Guard, scope: Scope, place: ExpressionPlace["place"]): void {
  const { reader, seeParameter } = guard;
  readExpressions(reader, { place, seeParameter, readQuery: () => readQuery(guard, scope) });
}

function readWith(guard: Guard, outer: Scope): Scope {
  const { reader } = guard;
  const scope = new Map(outer);
  reader.want("WITH");
  if (reader.word() === "RECURSIVE") reader.unexpected("a name: recursion has no bound");
  do {
    const name = nameOf(reader.peek());
    const isQuery = name !== undefined && reader.isNext("AS", 1) && reader.isNext("(", 2);
    if (!isQuery) {
      // A value with a name.
      expressionsIn(guard, scope, "with");
      continue;
    }
    reader.next();
    // Written as one that no table has: where ClickHouse does not see this definition, it finds nothing.
    const written = `${OWN_PREFIX}with_${name}`;
    reader.write(quoteName(written));
    reader.want("AS");
    // The definition itself does not see its name.
    readSubquery(guard, scope);
    scope.set(name, written);
  } while (reader.take(","));
  return scope;
}

/** The name that a word is; undefined for what is none, and for words that begin a part of a statement. */
function nameOf(token: SqlToken): string | undefined {
  if (token.kind === "quoted") return token.name;
  return token.kind === "word" && !isStructure(token.word) ? token.name : undefined;
}

/** The clauses after the tables, and the words that they begin with. */
const clauses: readonly (readonly string[])[] = [
  ["WHERE"],
  ["GROUP", "BY"],
  ["HAVING"],
  ["WINDOW"],
  ["QUALIFY"],
  ["ORDER", "BY"],
  ["LIMIT"],
  ["OFFSET"],
  ["FETCH"],
];

function readSelect(guard: Guard, scope: Scope): void {
  const { reader } = guard;
  reader.want("SELECT", hints.get(reader.word()) ?? "SELECT: only reading is allowed");
  if (reader.take("DISTINCT") && reader.take("ON")) expressionsInParentheses(guard, scope);
  expressionsIn(guard, scope, "clause");
  if (reader.take("FROM")) readTables(guard, scope);
  for (let clause = nextClause(reader); clause !== undefined; clause = nextClause(reader)) {
    for (const word of clause) reader.want(word);
    // GROUP BY ALL, ORDER BY ALL.
    if (clause.length > 1) reader.take("ALL");
    expressionsIn(guard, scope, "clause");
  }
  if (hints.has(reader.word())) refuseRest(reader);
}

function nextClause(reader: StatementReader): readonly string[] | undefined {
  return clauses.find(([first]) => first === reader.word());
}

function expressionsInParentheses(guard: Guard, scope: Scope): void {
  const { reader } = guard;
  reader.want("(");
  reader.nested(() => expressionsIn(guard, scope, "group"));
  reader.want(")", ", or )");
}

function readTables(guard: Guard, scope: Scope): void {
  const { reader } = guard;
  readTable(guard, scope);
  for (;;) {
    if (reader.take(",")) readTable(guard, scope);
    else if (beginsJoin(reader)) readJoin(guard, scope);
    else return;
  }
}

function readJoin(guard: Guard, scope: Scope): void {
  const { reader } = guard;
  let isArray = false;
  while (beginsJoin(reader) && !reader.isNext("JOIN")) {
    isArray ||= reader.isNext("ARRAY");
    reader.write(reader.next().sql);
  }
  reader.want("JOIN");
  if (isArray) {
    readArrays(guard, scope);
    return;
  }
  readTable(guard, scope);
  if (reader.take("ON")) expressionsIn(guard, scope, "on");
  else if (reader.take("USING")) expressionsInParentheses(guard, scope);
}

/** ARRAY JOIN takes expressions, not tables. */
function readArrays(guard: Guard, scope: Scope): void {
  do expressionsIn(guard, scope, "on");
  while (guard.reader.take(","));
}

function readTable(guard: Guard, scope: Scope): void {
  const { reader, options } = guard;
  if (reader.isNext("(")) {
    readSubquery(guard, scope);
    readAlias(reader, undefined);
    return;
  }
  const token = reader.peek();
  const first = nameOf(token) ?? reader.unexpected(hints.get(reader.word()) ?? "a table or a query in parentheses");
  reader.next();
  const definition = reader.isNext(".") ? undefined : scope.get(first);
  if (definition !== undefined) {
    reader.write(quoteName(definition));
    readAlias(reader, first);
    return;
  }
  const [database, table] = readQualified(reader, first, options.database);
  if (reader.isNext("(")) reader.refuse(token, `got the table function ${first}, want a table`);
  if (database !== options.database || !options.tables.has(table)) {
    const known = [...options.tables].join(", ");
    const name = database === options.database ? table : `${database}.${table}`;
    reader.refuse(token, `got the table ${name}, want one of ${known}`);
  }
  guard.tables.add(table);
  const from = `${quoteName(database)}.${quoteName(table)}`;
  reader.write(`(SELECT * FROM ${from} WHERE Tenant = {${TENANT_PARAMETER}:String})`);
  readAlias(reader, table);
}

function readQualified(reader: StatementReader, first: string, database: string): readonly [string, string] {
  if (!reader.isNext(".")) return [database, first];
  reader.next();
  const table = nameOf(reader.peek()) ?? reader.unexpected("the table's name");
  reader.next();
  return [first, table];
}

/** `AS name`, or without one the name that columns are qualified with. */
function readAlias(reader: StatementReader, name: string | undefined): void {
  const hasAs = reader.isNext("AS");
  if (hasAs) reader.next();
  const alias = nameOf(reader.peek());
  if (alias !== undefined) reader.next();
  else if (hasAs) reader.unexpected("the name after AS, in quotes if it is a word of SQL");
  const given = alias ?? name;
  if (given !== undefined) reader.write(`AS ${quoteName(given)}`);
  if (hints.has(reader.word())) refuseRest(reader);
}
