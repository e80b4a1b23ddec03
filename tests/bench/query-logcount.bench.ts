// How long counting a day of log records by a label takes: by a column, by what is made of one, and by attributes.
import { benchLogql } from "./logql-run.ts";

/** Steps of other lengths, so that each query is another one. */
const counted = (label: string, selector: string) => (at: number) => ({
  query: `sum by (${label}) (count_over_time({${selector}}[${5 + (at % 7)}m]))`,
  step: `${5 + (at % 7)}m`,
});

await benchLogql({
  bench: "query-logcount",
  seed: new URL("../../services/storage/src/testing/sql/generate-logs.sql", import.meta.url),
  cases: {
    "by-service": counted("service_name", 'service_name=~".+"'),
    "by-level": counted("detected_level", 'service_name=~".+"'),
    "by-host": counted("host_name", 'service_name=~".+"'),
    "by-route": counted("http_route", 'service_name="checkout"'),
  },
});
