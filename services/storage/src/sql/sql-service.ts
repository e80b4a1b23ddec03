import { SqlServiceService } from "@sightline/proto/sightline/query/v1/sql_service";
import type { GrpcServer } from "@sightline/rpc/server";
import type { QueryHandlers } from "../query/query-handlers.ts";
import type { Reader } from "../query/reader.ts";
import { listSqlTables } from "./list-sql-tables.ts";
import { querySql, type SqlOptions } from "./query-sql.ts";

export interface SqlServiceOptions extends SqlOptions {
  /** For what the database says about its tables. */
  readonly reader: Reader;
  readonly handlers: QueryHandlers;
}

/** Adds users' SQL to a server. */
export function addSqlService(server: GrpcServer, { reader, handlers, ...options }: SqlServiceOptions): void {
  server.addService(SqlServiceService, {
    querySql: handlers.stream(querySql(options)),
    listSqlTables: handlers.unary(listSqlTables(reader)),
  });
}
