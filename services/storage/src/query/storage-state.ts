import type { ClickHouse } from "@sightline/clickhouse/client";
import type {
  GetStorageStateRequest,
  GetStorageStateResponse,
} from "@sightline/proto/sightline/query/v1/query_service";
import type { DiskState } from "./storage-statistics.ts";

export interface StorageStateOptions {
  readonly clickhouse: Pick<ClickHouse, "ping">;
  readonly disk: DiskState;
}

/** Whether there is room; fails as the database does. */
export function getStorageState({ clickhouse, disk }: StorageStateOptions) {
  return async (_: GetStorageStateRequest): Promise<GetStorageStateResponse> => {
    await clickhouse.ping();
    return { diskIsFull: disk.level() === "full" };
  };
}
