import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseException } from "./exceptions.ts";
import { isAlive } from "./is-alive.ts";
import { type Connection, loadNativeAddon, type NativeAddon, type RawResult } from "./native-addon.ts";

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
  /** A connection to be passed to `execute`, one statement at a time, and closed in the end. */
  connect(): Connection;
  close(connection: Connection): void;
  /**
   * Runs one statement, on a connection of its own unless one is given: what it sets then does not outlive it.
   * Rejects with ClickHouseException.
   */
  execute(statement: EngineStatement, session?: Connection): Promise<RawResult>;
  /** Asks the running statements whose text contains `marker` to stop; all of them for "". */
  cancel(marker: string): Promise<void>;
  /** Closes the data directory. No statement may be running. */
  shutDown(): void;
}

const config = fileURLToPath(new URL("./engine-config.xml", import.meta.url));
/** What chdb sets otherwise than a server does. */
const connectionArgs = [
  "--implicit_select=0",
  "--allow_introspection_functions=0",
  "--storage_file_read_method=pread",
  "--output_format_arrow_use_native_writer=1",
];

/** A string literal of ClickHouse SQL. */
export function quoteString(value: string): string {
  return `'${value.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

function quoteIdentifier(value: string): string {
  return `\`${value.replaceAll("\\", "\\\\").replaceAll("`", "\\`")}\``;
}

/** Half of `max_query_size`'s default, in characters, which bounds a SET statement too, but no parameter of a real server. */
const LARGE_SET_CHARACTERS = 128 * 1024;

/** The statements that bring a connection into the state the request asks for. */
function preparation(statement: EngineStatement): string[] {
  const assignments = [
    ...[...statement.parameters].map(([name, value]) => `${quoteIdentifier(`param_${name}`)}=${quoteString(value)}`),
    ...[...statement.settings].map(([name, value]) => `${quoteIdentifier(name)}=${quoteString(value)}`),
  ];
  const large = assignments.reduce((sum, text) => sum + text.length, 0) > LARGE_SET_CHARACTERS;
  if (large && !statement.settings.has("max_query_size")) assignments.push("max_query_size=DEFAULT");
  return [
    ...(large ? [`SET max_query_size=${Number.MAX_SAFE_INTEGER}`] : []),
    ...(statement.database === undefined ? [] : [`USE ${quoteIdentifier(statement.database)}`]),
    ...(statement.roles.length === 0 ? [] : [`SET ROLE ${statement.roles.map(quoteIdentifier).join(", ")}`]),
    ...(assignments.length === 0 ? [] : [`SET ${assignments.join(", ")}`]),
  ];
}

/** Who has the directory open, as the engine's lock file says. */
function lockHolder(directory: string): number | undefined {
  try {
    const pid = Number(/PID: (\d+)/.exec(readFileSync(join(directory, "status"), "utf8"))?.[1]);
    return pid !== process.pid && isAlive(pid) ? pid : undefined;
  } catch {
    return undefined;
  }
}

function openDirectory(addon: NativeAddon, directory: string, backups: string | undefined): Connection {
  const backupArgs = backups === undefined ? [] : [`--backups.allowed_path=${backups}`];
  try {
    return addon.CreateConnection(directory, [`--config-file=${config}`, ...backupArgs, ...connectionArgs]);
  } catch (cause) {
    const pid = lockHolder(directory);
    const reason = pid === undefined ? "the engine said why above" : `another ClickHouse (pid ${pid}) has it open`;
    throw new Error(`cannot open the ClickHouse data directory ${directory}: ${reason}`, { cause });
  }
}

/**
 * Opens `directory`, creating what is missing. Throws one readable line when another process has it open: the engine
 * holds a file lock on `<directory>/status`, which the kernel drops with the process, so a killed server leaves none.
 *
 * @param backups the one directory that BACKUP and RESTORE may use files of; none without it
 */
export async function openEngine(directory: string, backups?: string): Promise<Engine> {
  const addon = loadNativeAddon();
  // Keeps the directory open between statements.
  const anchor = openDirectory(addon, directory, backups);
  const connect = () => addon.CreateConnection(directory, connectionArgs);

  async function execute(statement: EngineStatement, session?: Connection): Promise<RawResult> {
    const connection = session ?? connect();
    try {
      for (const sql of preparation(statement)) await addon.QueryAsyncConnection(connection, sql, "Null");
      return await addon.QueryAsyncConnection(connection, statement.sql, statement.format);
    } catch (error) {
      throw parseException(error);
    } finally {
      if (session === undefined) addon.CloseConnection(connection);
      else await forget(session, statement.settings);
    }
  }

  /** Settings of a request hold for its statement only, those of a SET statement for the session. */
  async function forget(session: Connection, settings: ReadonlyMap<string, string>): Promise<void> {
    const resets = [...settings.keys()].map((name) => `${quoteIdentifier(name)}=DEFAULT`);
    if (resets.length === 0) return;
    await addon.QueryAsyncConnection(session, `SET ${resets.join(", ")}`, "Null").catch(() => undefined);
  }

  async function ask(sql: string): Promise<string> {
    const result = await addon.QueryAsyncConnection(anchor, sql, "TSVRaw");
    return Buffer.from(result.bytes).toString("utf8").trimEnd();
  }

  const [version = "", timezone = ""] = (await ask("SELECT version(), timezone()")).split("\t");
  const formats = (await ask("SELECT name, content_type FROM system.formats WHERE is_output")).split("\n");
  const contentTypes = formats.map((line) => line.split("\t")).map(([name = "", type = ""]) => [name, type] as const);
  return {
    version,
    timezone,
    contentTypes: new Map(contentTypes),
    connect,
    close: addon.CloseConnection,
    execute,
    async cancel(marker) {
      const sql = `KILL QUERY WHERE position(query, ${quoteString(marker)}) > 0 ASYNC`;
      const nothing = new Map<string, string>();
      await execute({ sql, format: "Null", settings: nothing, parameters: nothing, roles: [], database: undefined });
    },
    shutDown: () => addon.CloseConnection(anchor),
  };
}
