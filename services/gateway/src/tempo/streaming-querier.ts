import { StreamingQuerierService } from "@sightline/proto/tempopb/tempo";
import type { CallContext } from "@sightline/rpc/handlers";
import type { AdmitForwarded, GrpcServer } from "@sightline/rpc/server";
import { serverStream } from "@sightline/rpc/streams";
import type { StorageCall } from "../http/storage-call.ts";
import type { TempoContext } from "./endpoint.ts";
import { queryInstant, queryRange } from "./metrics.ts";
import { searchTempo } from "./search.ts";
import { searchTags, searchTagsV2, searchTagValues, searchTagValuesV2 } from "./tags.ts";

/** Adds what Grafana streams from: the search tells what it found while it goes on; of all else there is one answer. */
export function addStreamingQuerier(server: GrpcServer, context: TempoContext, admit: AdmitForwarded): void {
  // Tempo's methods are not named by what they change, which none of them does.
  const callOf = async (call: CallContext): Promise<StorageCall> => {
    const { tenant = "", deadlineMs = 60_000 } = await admit(call, "searchTraceql");
    return { tenant, deadlineMs, signal: call.signal };
  };
  const once = <Req, Res>(answer: (request: Req, call: StorageCall, context: TempoContext) => Promise<Res>) =>
    serverStream<Req, Res>(async function* (request, call) {
      yield await answer(request, await callOf(call), context);
    });
  server.addService(StreamingQuerierService, {
    search: serverStream(async function* (request, call) {
      yield* searchTempo(request, await callOf(call), context);
    }),
    searchTags: once(searchTags),
    searchTagsV2: once(searchTagsV2),
    searchTagValues: once(searchTagValues),
    searchTagValuesV2: once(searchTagValuesV2),
    metricsQueryRange: once(queryRange),
    metricsQueryInstant: once(queryInstant),
  });
}
