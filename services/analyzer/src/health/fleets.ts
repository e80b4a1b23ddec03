import { createFleet, type Fleet, type FleetOptions } from "./fleet.ts";

/** The fleets of all tenants. */
export interface Fleets {
  of(tenant: string): Fleet;
  all(): Iterable<readonly [tenant: string, fleet: Fleet]>;
}

/** Tenants are made by operators, not by senders: as many as there are fleets. */
export function createFleets(options: FleetOptions): Fleets {
  const fleets = new Map<string, Fleet>();
  return {
    of: (tenant) => {
      const fleet = fleets.get(tenant) ?? createFleet(options);
      fleets.set(tenant, fleet);
      return fleet;
    },
    all: () => fleets.entries(),
  };
}
