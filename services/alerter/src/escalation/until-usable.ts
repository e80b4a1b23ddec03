import { AppError, unavailable } from "@sightline/errors/app-error";
import type { ActiveConfiguration } from "../dispatch/active-configuration.ts";

/** Reads the configuration of a tenant. Throws what is not retryable where it is there and cannot be used. */
export type ConfigurationOf = (tenant: string) => Promise<ActiveConfiguration>;

/** Who is to be told by a configuration that cannot be used is told when it can: nothing is wrong with what they are to be told. */
export function untilUsable(configurationOf: ConfigurationOf): ConfigurationOf {
  return async (tenant) => {
    try {
      return await configurationOf(tenant);
    } catch (thrown) {
      const { message } = AppError.from(thrown);
      throw unavailable(message, { cause: thrown });
    }
  };
}
