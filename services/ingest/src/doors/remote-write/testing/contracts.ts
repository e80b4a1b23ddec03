import assert from "node:assert/strict";
import { compressSync } from "snappy";
import { metricMarksIn } from "../../otlp/testing/kinds.ts";
import type { DoorContract } from "../../testing/door-contract.ts";
import { httpSender, type Reply } from "../../testing/sender.ts";
import { encodeV1, encodeV2, type TestSeries } from "./encode.ts";

const TIME = 1_700_000_000_000;

const good = (name: string): TestSeries => ({
  labels: { __name__: name, job: "test" },
  samples: [{ value: 1, timestamp: TIME }],
});

const nameless: TestSeries = { labels: { job: "test" }, samples: [{ value: 1, timestamp: TIME }] };

const path = "/api/v1/write";

const common = {
  protocol: "remote-write",
  signal: "metrics",
  marksIn: metricMarksIn,
  assertRefusal: ({ contentType, body }: Reply) => {
    assert.equal(contentType, "text/plain; charset=utf-8");
    assert.match(body.toString(), /^.+\n$/);
  },
} as const;

function contractOf(version: "1.0" | "2.0"): DoorContract {
  const encode = version === "1.0" ? encodeV1 : encodeV2;
  const block = (series: readonly TestSeries[]) => compressSync(encode(series));
  const proto = version === "1.0" ? "" : ";proto=io.prometheus.write.v2.Request";
  return {
    ...common,
    name: `remote write ${version}`,
    sender: httpSender({ path, headers: { "content-type": `application/x-protobuf${proto}` } }),
    request: (marks) => block(marks.map(good)),
    empty: [block([]), Buffer.alloc(0)],
    malformed: [compressSync(Buffer.from([0x0a, 0xff, 0x01])), encode([good("plain")])],
    half: {
      refused: 1,
      request: ([first = "", ...rest]) => block([good(first), nameless, ...rest.map(good)]),
      assertSaid: ({ code, body }) => {
        assert.equal(code, 400);
        assert.match(body.toString(), /^cannot take 1 sample; the first: \{job="test"\}: got no metric name, want/);
      },
    },
  };
}

/** Prometheus remote write. */
export const remoteWriteContracts: readonly DoorContract[] = [contractOf("1.0"), contractOf("2.0")];
