// Sends pre-encoded spans as fast as they are acknowledged, in a process of its own: its work is not the server's.
// Arguments: host:port, API key, seconds, requests under way at once. Prints {"spans","seconds"}.
import { randomFillSync } from "node:crypto";
import { Client, credentials, Metadata } from "@grpc/grpc-js";
import { TraceServiceService } from "@sightline/proto/opentelemetry/proto/collector/trace/v1/trace_service";
import { encodeTraces } from "./trace-requests.ts";

const [address = "", apiKey = "", seconds = "10", senders = "4"] = process.argv.slice(2);
const spansPerRequest = 1000;
const client = new Client(address, credentials.createInsecure());
const metadata = new Metadata();
metadata.set("authorization", `Bearer ${apiKey}`);

function send(request: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const { path } = TraceServiceService.export;
    client.makeUnaryRequest(
      path,
      (bytes: Buffer) => bytes,
      (bytes: Buffer) => bytes,
      request,
      metadata,
      (error) => {
        if (error === null) resolve();
        else reject(error);
      },
    );
  });
}

const started = performance.now();
const until = started + Number(seconds) * 1000;
let spans = 0;

async function keepSending(seed: number): Promise<void> {
  const { request, traceIdOffsets } = encodeTraces(spansPerRequest, seed, BigInt(Date.now()) * 1_000_000n);
  while (performance.now() < until) {
    // Every sending is of new traces: 10 spans of each.
    let newest = 0;
    traceIdOffsets.forEach((offset, at) => {
      if (at % 10 !== 0) request.copyWithin(offset, newest, newest + 16);
      else {
        randomFillSync(request, offset, 16);
        newest = offset;
      }
    });
    await send(request);
    spans += spansPerRequest;
  }
}

await Promise.all(Array.from({ length: Number(senders) }, (_, at) => keepSending(at + 1)));
console.log(JSON.stringify({ spans, seconds: (performance.now() - started) / 1000 }));
client.close();
