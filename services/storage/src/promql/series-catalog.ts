import { readFileSync } from "node:fs";
import { AppError } from "@sightline/errors/app-error";
import { bigints } from "../query/block-columns.ts";
import type { Params, ReadContext, Reader } from "../query/reader.ts";
import { fill } from "../query/statement.ts";
import { readSeries, type StoredSeries } from "./read-series.ts";

const conditions = readFileSync(new URL("./sql/series-conditions.sql", import.meta.url), "utf8");
const fingerprintsSql = fill(readFileSync(new URL("./sql/fingerprints.sql", import.meta.url), "utf8"), { conditions });

export interface CatalogQuestion {
  /** Which series: as those of `series-conditions.sql`. */
  readonly params: Params;
  readonly maxSeries: number;
  readonly context: ReadContext;
}

/**
 * What series are, remembered: what a fingerprint stands for never changes, and reading the labels of ten thousand series costs more
 * than reading their newest samples. Which series there are is asked every time.
 */
export interface SeriesCatalog {
  /** The series that fulfil the conditions, by their fingerprints. */
  find(question: CatalogQuestion): Promise<Map<bigint, StoredSeries>>;
}

export interface CatalogOptions {
  readonly reader: Reader;
  /** How many series are remembered, of all tenants; those of the tenant that asked longest ago go first. */
  readonly maxKnownSeries: number;
}

type Known = Map<bigint, StoredSeries>;

export function createSeriesCatalog({ reader, maxKnownSeries }: CatalogOptions): SeriesCatalog {
  // The tenant that asked last stands last.
  const byTenant = new Map<string, Known>();
  let size = 0;

  const knownOf = (tenant: string): Known => {
    const known = byTenant.get(tenant) ?? new Map();
    byTenant.delete(tenant);
    byTenant.set(tenant, known);
    return known;
  };
  const remember = (known: Known, found: Known): void => {
    size -= known.size;
    for (const [fingerprint, series] of found) known.set(fingerprint, series);
    size += known.size;
    for (const [tenant, others] of byTenant) {
      if (size <= maxKnownSeries) break;
      size -= others.size;
      others.clear();
      byTenant.delete(tenant);
    }
  };

  return {
    async find(question) {
      const fingerprints = await readFingerprints(reader, question);
      const known = knownOf(question.context.tenant);
      if (fingerprints.some((fingerprint) => !known.has(fingerprint))) {
        const found = await readSeries(reader, question);
        remember(known, found);
        return found;
      }
      const found: Known = new Map();
      for (const fingerprint of fingerprints) {
        const series = known.get(fingerprint);
        if (series !== undefined) found.set(fingerprint, series);
      }
      return found;
    },
  };
}

async function readFingerprints(
  reader: Reader,
  { params, maxSeries, context }: CatalogQuestion,
): Promise<readonly bigint[]> {
  const found: bigint[] = [];
  const asked = { ...params, limit: maxSeries + 1 };
  for await (const block of reader.readColumns(fingerprintsSql, asked, context))
    found.push(...bigints(block, "fingerprint"));
  if (found.length <= maxSeries) return found;
  const message = `cannot select series: got more than ${maxSeries}, want at most that many; add label matchers`;
  throw new AppError("resource_exhausted", message);
}
