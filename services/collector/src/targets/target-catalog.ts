import { AppError } from "@sightline/errors/app-error";
import type { Target } from "./target.ts";
import type { TargetStore } from "./target-store.ts";

/** A target and where it comes from. */
export interface KnownTarget {
  readonly target: Target;
  /** Configured ones are the operator's and cannot be changed by calls. */
  readonly configured: boolean;
}

/** All targets of the collector's tenant: those of its configuration and those in Postgres. */
export interface TargetCatalog {
  /** By name, as far as is known now; also while Postgres is away. */
  known(): readonly KnownTarget[];
  /**
   * Learns what is in Postgres now.
   *
   * @throws AppError unavailable
   */
  refresh(): Promise<void>;
  /** @throws AppError failed_precondition for a configured one, resource_exhausted when there are too many */
  put(target: Target): Promise<void>;
  /** @throws AppError not_found, or failed_precondition for a configured one */
  remove(name: string): Promise<void>;
}

export interface TargetCatalogOptions {
  readonly tenant: string;
  readonly configured: readonly Target[];
  readonly store: TargetStore;
  /** Targets more than this in Postgres are refused, and left out. */
  readonly maxStored: number;
  /** Told whenever the targets may have changed. */
  readonly onChange: (known: readonly KnownTarget[]) => void;
}

export function createTargetCatalog(options: TargetCatalogOptions): TargetCatalog {
  const { tenant, store, maxStored, onChange } = options;
  const configured = new Map(options.configured.map((target) => [target.name, target]));
  let stored: readonly Target[] = [];

  const known = (): KnownTarget[] =>
    [
      ...[...configured.values()].map((target) => ({ target, configured: true })),
      // The operator's word is the last one.
      ...stored.filter(({ name }) => !configured.has(name)).map((target) => ({ target, configured: false })),
    ].sort((a, b) => (a.target.name < b.target.name ? -1 : 1));

  async function refresh(): Promise<void> {
    stored = await store.list(tenant, maxStored);
    onChange(known());
  }

  function assertNotConfigured(name: string, verb: string): void {
    if (!configured.has(name)) return;
    throw new AppError("failed_precondition", `cannot ${verb} the target ${name}: it is in the configuration file`);
  }

  return {
    known,
    refresh,
    async put(target) {
      assertNotConfigured(target.name, "replace");
      if (stored.length >= maxStored && stored.every(({ name }) => name !== target.name)) {
        throw new AppError(
          "resource_exhausted",
          `cannot add the target ${target.name}: there are ${maxStored} already`,
        );
      }
      await store.put(tenant, target);
      await refresh();
    },
    async remove(name) {
      assertNotConfigured(name, "delete");
      if (!(await store.remove(tenant, name))) {
        throw new AppError("not_found", `cannot delete the target ${name}: there is none of that name`);
      }
      await refresh();
    },
  };
}
