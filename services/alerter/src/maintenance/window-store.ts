import { readFileSync } from "node:fs";
import type { MaintenanceWindow } from "@sightline/alertmanager/silence/maintenance-window";
import type { Sql } from "@sightline/postgres/pool";
import { MaintenanceWindow as WindowMessage } from "@sightline/proto/sightline/alert/v1/maintenance_window_service";
import { z } from "zod";
import { windowFromMessage } from "./window-message.ts";

const listWindowsSql = readFileSync(new URL("./sql/list-windows.sql", import.meta.url), "utf8");
const putWindowSql = readFileSync(new URL("./sql/put-window.sql", import.meta.url), "utf8");
const deleteWindowSql = readFileSync(new URL("./sql/delete-window.sql", import.meta.url), "utf8");
const raiseVersionSql = readFileSync(new URL("./sql/raise-maintenance-version.sql", import.meta.url), "utf8");

const windowRow = z
  .object({ definition: z.instanceof(Buffer) })
  .transform(({ definition }) => WindowMessage.decode(definition));

/** Those of a tenant, by name, as they are kept. */
export function listWindows(sql: Sql, tenant: string): Promise<WindowMessage[]> {
  return sql.query(listWindowsSql, [tenant], windowRow);
}

/** Those of a tenant as they hold alerts. */
export async function readWindows(sql: Sql, tenant: string): Promise<MaintenanceWindow[]> {
  return (await listWindows(sql, tenant)).map(windowFromMessage);
}

/** Changes a tenant's windows; whoever wants to change them at the same time waits. Whoever dispatches reads them anew. */
export function changeWindows<T>(sql: Sql, tenant: string, change: (tx: Sql) => Promise<T>): Promise<T> {
  return sql.transaction(async (tx) => {
    await tx.execute(raiseVersionSql, [tenant]);
    return change(tx);
  });
}

/** Keeps a window in place of the one with its id. Throws already_exists when another one has its name. */
export async function putWindow(tx: Sql, tenant: string, window: WindowMessage): Promise<void> {
  const definition = Buffer.from(WindowMessage.encode(window).finish());
  await tx.execute(putWindowSql, [tenant, window.windowId, window.name, definition]);
}

export async function deleteWindow(tx: Sql, tenant: string, windowId: string): Promise<void> {
  await tx.execute(deleteWindowSql, [tenant, windowId]);
}
