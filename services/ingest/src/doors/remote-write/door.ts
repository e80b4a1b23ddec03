import { mediaTypes } from "../../http/content.ts";
import type { Intake } from "../../http/route.ts";
import type { ReceiveOtlp } from "../../receive/receive-otlp.ts";
import type { Door, DoorDeps } from "../door.ts";
import { finish } from "../steps.ts";
import { type Outcome, refusedAnswer, writeAnswer } from "./answer.ts";
import { type Translation, translateWrite, type WriteVersion } from "./translate.ts";

const content = mediaTypes<WriteVersion>(
  {
    "application/x-protobuf": "v1",
    "application/x-protobuf;proto=prometheus.WriteRequest": "v1",
    "application/x-protobuf;proto=io.prometheus.write.v2.Request": "v2",
  },
  // As Prometheus itself has it.
  "v1",
);

const protocol = "remote-write";

/** Prometheus remote write 1.0 and 2.0 (prometheus/docs, `docs/specs/prw`), told apart by the Content-Type. */
export function remoteWriteDoor({ config, receiveOtlp, metrics }: DoorDeps): Door {
  const { maxRequestBytes } = config.limits;
  const write: Intake<WriteVersion> = {
    kind: "intake",
    protocol,
    methods: ["POST"],
    path: "/api/v1/write",
    content,
    compressions: ["snappy"],
    unsaidCompression: () => "snappy",
    handle: async ({ principal: { tenant }, format: version, body }) => {
      const translation = await finish(translateWrite(body, { version, maxBytes: maxRequestBytes }));
      const outcome = await receive(translation, tenant, receiveOtlp);
      // Only now: what is to be sent again is counted when it comes again.
      const { samples, histograms, exemplars } = translation.refused;
      const malformed = samples + histograms + exemplars;
      if (malformed > 0) metrics.refused("metrics", protocol, malformed, "malformed");
      return writeAnswer({ version, ...outcome });
    },
    refuse: (refusal, contentType) => refusedAnswer(refusal, content.formatOf(contentType)),
  };
  return { routes: [write] };
}

/**
 * Puts the parts of a translation on the bus, each for itself, so that it is known how many of each were refused. When one
 * of them cannot be put there the sender sends all of it again, which does no harm: of samples of one series and time the
 * last counts.
 */
async function receive(
  translation: Translation,
  tenant: string,
  receiveOtlp: ReceiveOtlp,
): Promise<Omit<Outcome, "version">> {
  const { taken, refused } = translation;
  const put = async (kind: "samples" | "histograms" | "exemplars" | "metadata") => {
    const describesOnly = kind === "metadata";
    if (translation[kind].length === 0) return { records: 0, message: "" };
    return receiveOtlp("metrics", { tenant, protocol, body: translation[kind], describesOnly });
  };
  const [samples, histograms, exemplars] = await Promise.all([
    put("samples"),
    put("histograms"),
    put("exemplars"),
    put("metadata"),
  ]);
  return {
    written: {
      samples: taken.samples - samples.records,
      histograms: taken.histograms - histograms.records,
      exemplars: taken.exemplars - exemplars.records,
    },
    refused: {
      samples: refused.samples + samples.records,
      histograms: refused.histograms + histograms.records,
      exemplars: refused.exemplars + exemplars.records,
    },
    firstRefusal: translation.firstRefusal || samples.message || histograms.message || exemplars.message,
  };
}
