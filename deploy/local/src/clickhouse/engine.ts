import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseException } from "./exceptions.ts";
import { type Connection, loadNativeAddon, type RawResult } from "./native-addon.ts";

/** One statement and the state it runs under. */
export interface EngineStatement {
  readonly sql: string;
  /** The format of output without a `FORMAT` clause. */
  readonly format: string;
  readonly settings: ReadonlyMap<string, string>;
  /** Values for `{name:Type}`, in ClickHouse's escaped text form, as `param_name` carries them. */
  readonly parameters: ReadonlyMap<string, string>;
  readonly roles: readonly string[];
  readonly database: string | undefined;
}

/** ClickHouse in this process, bound to one data directory. */
export interface Engine {
  readonly version: string;
  readonly timezone: string;
  /** Content type of every output format. */
  readonly contentTypes: ReadonlyMap<string, string>;
  /** Runs one statement on a connection of its own, so that nothing it sets outlives it. Rejects with ClickHouseException. */
  execute(statement: EngineStatement): Promise<RawResult>;
  /** Asks the running queries whose text contains `marker` to stop. */
  cancel(marker: string): Promise<void>;
  close(): void;
}

/** A string literal of ClickHouse SQL. */
export function quoteString(value: string): string {
  return `'${value.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

function quoteIdentifier(value: string): string {
  return `\`${value.replaceAll("\\", "\\\\").replaceAll("`", "\\`")}\``;
}

function preparation(statement: EngineStatement): string[] {
  const assignments = [
    ...[...statement.parameters].map(([name, value]) => `${quoteIdentifier(`param_${name}`)}=${quoteString(value)}`),
    ...[...statement.settings].map(([name, value]) => `${quoteIdentifier(name)}=${quoteString(value)}`),
  ];
  return [
    ...(statement.database === undefined ? [] : [`USE ${quoteIdentifier(statement.database)}`]),
    ...(statement.roles.length === 0 ? [] : [`SET ROLE ${statement.roles.map(quoteIdentifier).join(", ")}`]),
    ...(assignments.length === 0 ? [] : [`SET ${assignments.join(", ")}`]),
  ];
}

function lockHolder(directory: string): string {
  try {
    const pid = /PID: (\d+)/.exec(readFileSync(join(directory, "status"), "utf8"))?.[1];
    return pid === undefined ? "" : ` (pid ${pid})`;
  } catch {
    return "";
  }
}

/**
 * Opens `directory`, creating what is missing. Throws one readable line when another process has it open: the engine
 * holds a file lock on `<directory>/status`, which the kernel drops with the process, so a killed server leaves none.
 */
export async function openEngine(directory: string): Promise<Engine> {
  const addon = loadNativeAddon();
  let anchor: Connection;
  try {
    anchor = addon.CreateConnection(directory);
  } catch (cause) {
    const reason = `another ClickHouse${lockHolder(directory)} has it open, or it is not writable`;
    throw new Error(`cannot open the ClickHouse data directory ${directory}: ${reason}`, { cause });
  }

  async function execute(statement: EngineStatement): Promise<RawResult> {
    const connection = addon.CreateConnection(directory);
    try {
      for (const sql of preparation(statement)) await addon.QueryAsyncConnection(connection, sql, "Null");
      return await addon.QueryAsyncConnection(connection, statement.sql, statement.format);
    } catch (error) {
      throw parseException(error);
    } finally {
      addon.CloseConnection(connection);
    }
  }

  const ask = async (sql: string): Promise<string> => {
    const result = await addon.QueryAsyncConnection(anchor, sql, "TSVRaw");
    return Buffer.from(result.bytes).toString("utf8");
  };
  const [version = "", timezone = ""] = (await ask("SELECT version(), timezone()")).trimEnd().split("\t");
  const formats = await ask("SELECT name, content_type FROM system.formats WHERE is_output");
  return {
    version,
    timezone,
    contentTypes: new Map(
      formats
        .trimEnd()
        .split("\n")
        .map((line) => line.split("\t"))
        .map(([name = "", type = ""]) => [name, type]),
    ),
    execute,
    async cancel(marker) {
      await ask(`KILL QUERY WHERE position(query, ${quoteString(marker)}) > 0 ASYNC`);
    },
    close: () => addon.CloseConnection(anchor),
  };
}
