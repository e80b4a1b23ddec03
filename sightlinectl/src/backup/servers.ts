import { type ClickHouse, createClickHouse } from "@sightline/clickhouse/client";
import { AppError } from "@sightline/errors/app-error";
import { createPool, type Pool, type PostgresLog } from "@sightline/postgres/pool";
import { MaintenanceServiceClient } from "@sightline/proto/sightline/storage/v1/maintenance_service";
import { createClient } from "@sightline/rpc/client";
import type { Settings } from "../settings.ts";

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

/** Connects at the first call of each. Throws when the settings lack what storage asks for. */
export function openServers(settings: Settings, note: (text: string) => void): Servers {
  const log = { info: () => undefined, warn: (_fields: object, message: string) => note(message) };
  const storage = connectStorage(settings);
  // Counting and hashing read everything there is.
  const clickhouse = createClickHouse({ ...settings.clickhouse, requestTimeoutMs: LONGEST_REQUEST_MS }, { log });
  const postgres = createPool({ ...settings.postgres, maxConnections: 2 }, { log });
  return {
    clickhouse,
    postgres,
    storage,
    log,
    [Symbol.asyncDispose]: async () => {
      storage.close();
      await Promise.all([clickhouse.close(), postgres.close()]);
    },
  };
}

function connectStorage({ storage, internalToken }: Settings) {
  if (internalToken === undefined) {
    throw new AppError(
      "unauthenticated",
      "cannot ask storage to rest: got no internal token, want the services' own in SIGHTLINE_INTERNAL_TOKEN",
    );
  }
  return createClient(MaintenanceServiceClient, storage.address, { internalToken: internalToken.reveal() });
}
