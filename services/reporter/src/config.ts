import { natsConfig } from "@sightline/bus/connect";
import { postgresConfig } from "@sightline/postgres/pool";
import { port, serviceAddress, serviceConfig } from "@sightline/service/config";
import { secret } from "@sightline/service/secret";
import { z } from "zod";

export const config = z.strictObject({
  ...serviceConfig,
  adminPort: port.default(7205),
  grpcPort: port.default(7104),
  internalToken: secret,
  nats: natsConfig.prefault({}),
  postgres: postgresConfig.prefault({}),
  storage: serviceAddress("127.0.0.1:7101"),
  analyzer: serviceAddress("127.0.0.1:7102"),
  alerter: serviceAddress("127.0.0.1:7103"),
});

export type Config = z.output<typeof config>;
