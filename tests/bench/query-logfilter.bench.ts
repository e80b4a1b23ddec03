// How long the latest hundred lines take that a filter, a parser of JSON and a comparison of numbers leave: where one in twenty
// lines has the text and one in thirty of these the number, where there is no text to look for, and where one line in ten thousand is left.
import { benchLogql } from "./logql-run.ts";

const services = ["checkout", "payment", "cart", "catalog", "search"];
const of = (at: number) => `{service_name="${services[at % services.length]}"}`;

await benchLogql({
  bench: "query-logfilter",
  seed: new URL("sql/json-logs.sql", import.meta.url),
  cases: {
    "with-text": (at) => ({ query: `${of(at)} |= "timeout" | json | duration_ms > ${29_000 - at}` }),
    "without-text": (at) => ({ query: `${of(at)} | json | status >= 500 | duration_ms > ${800 - at}` }),
    sparse: (at) => ({ query: `{service_name=~".+"} |= "timeout" | json | duration_ms >= ${29_900 - (at % 50)}` }),
  },
});
