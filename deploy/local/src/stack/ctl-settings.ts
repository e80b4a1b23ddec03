import { join } from "node:path";
import { stringify } from "yaml";
import { writeConfig } from "../servers/config-file.ts";
import { BACKUPS_DIR } from "./data-servers.ts";
import { reachable, type ServiceContext } from "./services.ts";

/** Writes what sightlinectl needs to reach this instance; its owner's only. */
export async function writeCtlSettings({ dir, bind, ports, secrets, serverEnv }: ServiceContext): Promise<void> {
  const settings = {
    server: `http://${reachable(bind)}:${ports("gatewayHttp")}`,
    apiKey: secrets.adminKey,
    storage: { address: `127.0.0.1:${ports("storage")}` },
    internalToken: secrets.internalToken,
    clickhouse: {
      url: serverEnv["SIGHTLINE_CLICKHOUSE_URL"],
      username: serverEnv["SIGHTLINE_CLICKHOUSE_USERNAME"],
      password: serverEnv["SIGHTLINE_CLICKHOUSE_PASSWORD"],
    },
    postgres: { url: serverEnv["SIGHTLINE_POSTGRES_URL"] },
    backup: { dir: join(dir, BACKUPS_DIR) },
  };
  await writeConfig(join(dir, "sightlinectl.yaml"), stringify(settings));
}
