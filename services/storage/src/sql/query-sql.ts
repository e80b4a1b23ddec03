import type { ClickHouse, QuerySettings } from "@sightline/clickhouse/client";
import { AppError, invalid } from "@sightline/errors/app-error";
import type { QuerySqlRequest } from "@sightline/proto/sightline/query/v1/sql_service";
import { QuerySqlResponse } from "@sightline/proto/sightline/query/v1/sql_service";
import { type GuardedSql, guardSql, TENANT_PARAMETER } from "@sightline/query/sql/guard";
import { tenantFilters } from "@sightline/query/sql/tenant-filters";
import type { ReadContext } from "../query/reader.ts";
import type { SqlLimits } from "./limits.ts";
import { userSqlError } from "./sql-error.ts";
import { SQL_TABLES } from "./tables.ts";

export interface SqlOptions {
  readonly clickhouse: Pick<ClickHouse, "readJsonRows" | "database">;
  readonly limits: SqlLimits;
}

/** All values of parameters together, in characters of JSON: they go in a URL. */
const MAX_PARAMETERS_LENGTH = 200_000;
/** Elements that `range()` makes for a block of rows: within them a statement does not notice that its time is over. */
const MAX_RANGE_ELEMENTS = 10_000_000;

/** Runs a user's statement over a tenant's records; see `guardSql` for what it may be. */
export function querySql({ clickhouse, limits }: SqlOptions) {
  const { database } = clickhouse;
  const scope = { database, tables: new Set(SQL_TABLES.map(({ name }) => name)) };
  const common = settingsOf(limits);
  return async function* (request: QuerySqlRequest, context: ReadContext): AsyncGenerator<QuerySqlResponse> {
    const { tenant, signal } = context;
    const guarded = guardSql(request.sql, scope);
    const parameters = { ...valuesOf(guarded, request.parameters), [TENANT_PARAMETER]: tenant };
    const settings = { ...common, additional_table_filters: tenantFilters(scope, tenant) };
    const startedMs = performance.now();
    const budget = createBudget(limits);
    let read = { rowsRead: 0n, bytesRead: 0n };
    let totals = "";
    try {
      for await (const part of clickhouse.readJsonRows(guarded.sql, parameters, { settings, signal })) {
        if (part.kind === "progress") read = part;
        else if (part.kind === "totals") totals = part.row;
        else if (part.kind === "columns") yield QuerySqlResponse.fromPartial({ columns: [...part.columns] });
        else yield QuerySqlResponse.fromPartial({ rows: [...budget.take(part.rows)] });
      }
    } catch (thrown) {
      throw userSqlError(AppError.from(thrown), { source: request.sql, guarded, database }, limits);
    }
    const elapsedNano = BigInt(Math.round((performance.now() - startedMs) * 1e6));
    const { rowsRead, bytesRead } = read;
    const statistics = { rows: budget.rows(), rowsRead, bytesRead, elapsedNano };
    yield QuerySqlResponse.fromPartial({ statistics, totals });
  };
}

function settingsOf(limits: SqlLimits): QuerySettings {
  return {
    readonly: 1,
    cancel_http_readonly_queries_on_client_close: 1,
    max_execution_time: limits.maxExecutionMs / 1000,
    max_rows_to_read: limits.maxRowsToRead,
    max_bytes_to_read: limits.maxBytesToRead,
    max_memory_usage: limits.maxMemoryBytes,
    max_bytes_before_external_group_by: Math.floor(limits.maxMemoryBytes / 3),
    max_bytes_before_external_sort: Math.floor(limits.maxMemoryBytes / 3),
    max_temporary_data_on_disk_size_for_query: 4 * limits.maxMemoryBytes,
    function_range_max_elements_in_block: MAX_RANGE_ELEMENTS,
    asterisk_include_alias_columns: 1,
    session_timezone: "UTC",
    date_time_output_format: "iso",
    output_format_json_quote_denormals: 1,
    output_format_json_quote_decimals: 1,
    output_format_json_escape_forward_slashes: 0,
    output_format_json_validate_utf8: 1,
  };
}

/** What the parameters of a statement are bound to; every one has to have a value, and every value a parameter. */
function valuesOf(
  { parameters }: GuardedSql,
  given: Readonly<Record<string, string>>,
): Readonly<Record<string, unknown>> {
  const values: Record<string, unknown> = {};
  let length = 0;
  for (const [name, value] of Object.entries(given)) {
    if (!parameters.has(name))
      throw invalid(`cannot run SQL: got a value for ${name}, want {${name}:Type} in the statement`);
    length += value.length;
    values[name] = parseJson(name, value);
  }
  if (length > MAX_PARAMETERS_LENGTH) {
    throw invalid(`cannot run SQL: got ${length} characters of parameters, want at most ${MAX_PARAMETERS_LENGTH}`);
  }
  for (const name of parameters) {
    if (!Object.hasOwn(values, name)) throw invalid(`cannot run SQL: got no value for the parameter ${name}, want one`);
  }
  return values;
}

function parseJson(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalid(`cannot run SQL: got ${text.slice(0, 60)} for the parameter ${name}, want JSON`, error);
  }
}

/** Counts what is answered, and ends what answers too much. */
function createBudget({ maxResultRows, maxResultCharacters }: SqlLimits) {
  let rows = 0;
  let characters = 0;
  const tooMuch = (what: string) =>
    new AppError(
      "resource_exhausted",
      `cannot run SQL: the answer has more than ${what}, want a LIMIT or fewer columns`,
    );
  return {
    take(more: readonly string[]): readonly string[] {
      rows += more.length;
      for (const row of more) characters += row.length;
      if (rows > maxResultRows) throw tooMuch(`${maxResultRows} rows`);
      if (characters > maxResultCharacters) throw tooMuch(`${maxResultCharacters} characters`);
      return more;
    },
    rows: () => BigInt(rows),
  };
}
