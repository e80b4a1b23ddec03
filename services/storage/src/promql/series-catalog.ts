import { readFileSync } from "node:fs";
import { AppError } from "@sightline/errors/app-error";
import { bigints } from "../query/block-columns.ts";
import type { Reader } from "../query/reader.ts";
import { createFingerprintMap, type FingerprintMap } from "./fingerprint-map.ts";
import { readSeries, type SeriesBlock, type SeriesQuestion, type StoredSeries } from "./read-series.ts";
import { createSeriesAnswers } from "./series-answers.ts";
import { MAX_NAMED_SERIES, seriesStatement } from "./series-statement.ts";
import { wordsOf } from "./words.ts";

const fingerprintsOf = seriesStatement(readFileSync(new URL("./sql/fingerprints.sql", import.meta.url), "utf8"));

export interface CatalogQuestion extends SeriesQuestion {
  readonly maxSeries: number;
}

/**
 * What series are, remembered: what a fingerprint stands for never changes, and reading the labels of ten thousand series costs more
 * than reading their newest samples. Which series there are is asked every time.
 */
export interface SeriesCatalog {
  /**
   * The series that fulfil the conditions: the same lists as the last time where they are the same series, so that what was made of them
   * can be kept. Throws resource_exhausted where they are more than there may be.
   */
  find(question: CatalogQuestion): Promise<SeriesBlock>;
}

export interface CatalogOptions {
  readonly reader: Reader;
  /**
   * How many series are remembered, of all tenants; those of the tenant that asked longest ago go first. As many may answers have together
   * that are remembered.
   */
  readonly maxKnownSeries: number;
}

export function createSeriesCatalog({ reader, maxKnownSeries }: CatalogOptions): SeriesCatalog {
  // The tenant that asked last stands last.
  const byTenant = new Map<string, FingerprintMap<StoredSeries>>();
  const answers = createSeriesAnswers(maxKnownSeries);

  function knownOf(tenant: string): FingerprintMap<StoredSeries> {
    const known = byTenant.get(tenant) ?? createFingerprintMap<StoredSeries>();
    byTenant.delete(tenant);
    byTenant.set(tenant, known);
    return known;
  }

  function forgetSome(): void {
    let size = byTenant.values().reduce((sum, known) => sum + known.size, 0);
    for (const [tenant, known] of byTenant) {
      if (size <= maxKnownSeries) break;
      size -= known.size;
      byTenant.delete(tenant);
      answers.forget(tenant);
    }
  }

  /** Reads what is not known of some series; where that is much, it is no more work to read all. */
  async function learn(unknown: readonly bigint[], question: CatalogQuestion, known: FingerprintMap<StoredSeries>) {
    const named = unknown.length <= MAX_NAMED_SERIES ? unknown : [];
    const params = { ...question.params, limit: question.maxSeries };
    for await (const { fingerprints, series } of readSeries(reader, { ...question, params }, named)) {
      const words = wordsOf(fingerprints);
      for (const [at, one] of series.entries()) known.set(words, at, one);
    }
    forgetSome();
  }

  return {
    async find(question) {
      const found = await readFingerprints(reader, question);
      // Also where the answer is known: who asks the same all the time asks as well.
      const known = knownOf(question.context.tenant);
      const same = answers.same(question, found);
      if (same !== undefined) return same;
      const words = wordsOf(found);
      const unknown = found.filter((_, at) => known.get(words, at) === undefined);
      if (unknown.length > 0) await learn([...unknown], question, known);
      const series: StoredSeries[] = [];
      // Nothing is known of one that went between the two statements.
      const fingerprints = found.filter((_, at) => {
        const one = known.get(words, at);
        if (one !== undefined) series.push(one);
        return one !== undefined;
      });
      const answer = { fingerprints, series };
      if (series.length === found.length) answers.remember(question, answer);
      return answer;
    },
  };
}

async function readFingerprints(
  reader: Reader,
  { matchers, params, maxSeries, context }: CatalogQuestion,
): Promise<BigUint64Array> {
  const blocks: BigUint64Array[] = [];
  let count = 0;
  const sql = fingerprintsOf({ matchers });
  for await (const block of reader.readColumns(sql, { ...params, limit: maxSeries + 1 }, context)) {
    blocks.push(bigints(block, "fingerprint"));
    count += block.rows;
  }
  if (count > maxSeries) {
    const message = `cannot select series: got more than ${maxSeries}, want at most that many; add label matchers`;
    throw new AppError("resource_exhausted", message);
  }
  const found = new BigUint64Array(count);
  let at = 0;
  for (const block of blocks) {
    found.set(block, at);
    at += block.length;
  }
  // In one order, whichever part was read first.
  return found.sort();
}
