import type { YamlLimits } from "./yaml-tree.ts";

/** How large a configuration may be. */
export interface ConfigLimits extends YamlLimits {
  /** How many values there may be when all aliases are followed. */
  readonly maxValues: number;
  readonly maxRoutes: number;
  readonly maxReceivers: number;
}

/** What a hundred teams would not fill. */
export const DEFAULT_CONFIG_LIMITS: ConfigLimits = {
  maxBytes: 1024 * 1024,
  maxDepth: 64,
  maxValues: 500_000,
  maxRoutes: 10_000,
  maxReceivers: 10_000,
};
