import { type ClickHouse, createClickHouse } from "@sightline/clickhouse/client";
import { AppError } from "@sightline/errors/app-error";
import { createPool, type Pool, type PostgresLog } from "@sightline/postgres/pool";
import { MaintenanceServiceClient } from "@sightline/proto/sightline/storage/v1/maintenance_service";
import { createClient } from "@sightline/rpc/client";
import type { Settings } from "../settings.ts";
import { UsageError } from "../usage-error.ts";

/** Everything that a backup speaks to. */
export interface Servers extends AsyncDisposable {
  readonly clickhouse: ClickHouse;
  readonly postgres: Pool;
  readonly storage: Storage;
  /** What libraries decide on the way. */
  readonly log: PostgresLog;
}

const LONGEST_REQUEST_MS = 6 * 3_600_000;

export type Storage = ReturnType<typeof connectStorage>;

/** Connects, so that what is away is known before anything is begun. Throws UsageError when the settings lack something. */
export async function openServers(settings: Settings, note: (text: string) => void): Promise<Servers> {
  const log = { info: () => undefined, warn: (_fields: object, message: string) => note(message) };
  const storage = connectStorage(settings);
  // Counting and hashing read everything there is.
  const clickhouse = createClickHouse({ ...settings.clickhouse, requestTimeoutMs: LONGEST_REQUEST_MS }, { log });
  const postgres = createPool({ ...settings.postgres, maxConnections: 2 }, { log });
  const close = async (): Promise<void> => {
    storage.close();
    await Promise.all([clickhouse.close(), postgres.close()]);
  };
  try {
    await reach(`ClickHouse at ${settings.clickhouse.url}`, clickhouse.ping);
    await reach(`Postgres at ${hostOf(settings.postgres.url.reveal())}`, postgres.ping);
  } catch (thrown) {
    await close();
    throw thrown;
  }
  return { clickhouse, postgres, storage, log, [Symbol.asyncDispose]: close };
}

async function reach(server: string, ping: () => Promise<void>): Promise<void> {
  try {
    await ping();
  } catch (cause) {
    const { code, message } = AppError.from(cause);
    const reason = cause instanceof Error && cause.cause instanceof Error ? cause.cause.message : message;
    throw new AppError(code, `cannot reach ${server}: ${reason}`, { cause });
  }
}

/** Without user and password. */
function hostOf(url: string): string {
  return URL.parse(url)?.host ?? "an address that is no URL";
}

function connectStorage({ storage, internalToken }: Settings) {
  if (internalToken === undefined) {
    throw new UsageError(
      "cannot ask storage to rest: got no internal token, want the services' own in SIGHTLINE_INTERNAL_TOKEN",
    );
  }
  return createClient(MaintenanceServiceClient, storage.address, { internalToken: internalToken.reveal() });
}
