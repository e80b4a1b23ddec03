import { createRequire } from "node:module";
import { resolveLibchdb } from "chdb/libchdb";

/** A connection of the engine: its own settings, parameters, current database and temporary tables. Opaque. */
export type Connection = object;

/**
 * What a statement gave. Despite their names, `rowsRead` and `bytesRead` count the result of a SELECT and the file of an
 * `INSERT … FROM INFILE`; they are 0 for `INSERT … SELECT`.
 */
export interface RawResult {
  readonly bytes: Uint8Array;
  readonly elapsed: number;
  readonly rowsRead: number;
  readonly bytesRead: number;
}

/**
 * The part of chdb's native addon that the server uses.
 *
 * It is used directly rather than through chdb's `Session`, since `Session.close()` waits for every operation of the
 * process: one long query would pile up the connections of all shorter ones. Here each connection is closed as soon as
 * its own operation has ended, which is what the engine asks for. `QueryAsyncConnection` holds one thread of the libuv
 * pool for as long as the statement runs.
 */
export interface NativeAddon {
  CreateConnection(directory: string, args?: readonly string[]): Connection;
  CloseConnection(connection: Connection): void;
  QueryAsyncConnection(connection: Connection, sql: string, format: string): Promise<RawResult>;
}

function isNativeAddon(value: unknown): value is NativeAddon {
  const names = ["CreateConnection", "CloseConnection", "QueryAsyncConnection"];
  return (
    typeof value === "object" && value !== null && names.every((name) => typeof Reflect.get(value, name) === "function")
  );
}

/** Loads ClickHouse into this process. Throws where chdb has no build for the platform. */
export function loadNativeAddon(): NativeAddon {
  const { path } = resolveLibchdb();
  const addon: unknown = createRequire(path)("./chdb_node.node");
  if (!isNativeAddon(addon))
    throw new Error(`cannot use chdb at ${path}: its native addon lacks the expected functions`);
  return addon;
}
