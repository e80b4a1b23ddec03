import { readFileSync } from "node:fs";
import type { ListSqlTablesRequest, ListSqlTablesResponse } from "@sightline/proto/sightline/query/v1/sql_service";
import { z } from "zod";
import type { ReadContext, Reader } from "../query/reader.ts";
import { COLUMN_NOTES, SQL_TABLES } from "./tables.ts";

const columnsSql = readFileSync(new URL("./sql/columns.sql", import.meta.url), "utf8");

const columnsOfTables = {
  sql: columnsSql,
  row: z.object({ table: z.string(), name: z.string(), type: z.string() }),
};

/** The tables that SQL may ask, with what is in their columns. */
export function listSqlTables(reader: Reader) {
  return async (_request: ListSqlTablesRequest, { signal }: ReadContext): Promise<ListSqlTablesResponse> => {
    const rows = await reader.readSystem(columnsOfTables, { tables: SQL_TABLES.map(({ name }) => name) }, signal);
    return {
      tables: SQL_TABLES.map(({ name, comment, columns = {} }) => ({
        name,
        comment,
        columns: rows
          .filter(({ table }) => table === name)
          .map((column) => ({
            name: column.name,
            type: column.type,
            comment: columns[column.name] ?? COLUMN_NOTES[column.name] ?? "",
          })),
      })),
    };
  };
}
