import { runRateBench } from "@sightline/otlp/testing/bench";
import { inflateSnappy } from "@sightline/snappy/inflate";
import { createRandom, type Random } from "@sightline/testkit/random";
import { compressSync } from "snappy";
import { finishAtOnce } from "../steps.ts";
import { encodeV1, encodeV2, type TestSeries } from "./testing/encode.ts";
import { translateWrite, type WriteVersion } from "./translate.ts";

const TARGETS = 20;
const SERIES_OF_TARGET = 100;
const SAMPLES_OF_REQUEST = 2000;
const MAX_BYTES = 64 * 1024 * 1024;

/** What a Prometheus that scrapes node exporters and instrumented services sends: 8 labels, one sample each. */
function scrapes(random: Random): TestSeries[] {
  const timestamp = 1_700_000_000_000;
  return Array.from({ length: TARGETS }, (_, target) =>
    Array.from({ length: SERIES_OF_TARGET }, (_, series) => ({
      labels: {
        __name__: `http_server_${["requests_total", "request_duration_seconds_bucket", "in_flight"][(series / 34) | 0]}`,
        cluster: "eu-central-1a",
        handler: `/api/v1/resource-${series % 17}`,
        instance: `10.20.${target}.7:9100`,
        job: "checkout-service",
        le: String(0.005 * 2 ** (series % 12)),
        method: ["GET", "POST", "DELETE"][series % 3] ?? "",
        pod: `checkout-service-7f9c4d8b5-${target}x2k`,
        status: String(200 + (series % 5)),
      },
      samples: [{ value: random.below(1_000_000), timestamp: timestamp + target * 37 }],
    })),
  ).flat();
}

const series = scrapes(createRandom(1));
const requests: Readonly<Record<WriteVersion, Buffer>> = { v1: encodeV1(series), v2: encodeV2(series) };

for (const version of ["v1", "v2"] as const) {
  const plain = requests[version];
  const block = compressSync(plain);
  runRateBench({
    bench: "remote-write",
    metric: `${version}_samples_per_second_per_core`,
    unit: "samples/s",
    config: {
      samples: SAMPLES_OF_REQUEST,
      bytesPerSample: Math.round(plain.length / SAMPLES_OF_REQUEST),
      compressedBytesPerSample: Math.round(block.length / SAMPLES_OF_REQUEST),
    },
    // What the door does with a request but for taking it off the socket: inflate and translate.
    batch: () => {
      const steps = translateWrite(inflateSnappy(block, MAX_BYTES), { version, maxBytes: MAX_BYTES });
      return finishAtOnce(steps).taken.samples;
    },
  });
}
