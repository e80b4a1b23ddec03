import { invalid } from "@sightline/errors/app-error";
import type { ScopeAttributes, SpanAttributeValue } from "@sightline/proto/sightline/query/v1/traceql_service";
import {
  ListSpanAttributesRequest,
  ListSpanAttributeValuesRequest,
  SpanScope,
} from "@sightline/proto/sightline/query/v1/traceql_service";
import {
  MetadataMetrics,
  SearchTagsRequest,
  SearchTagsResponse,
  SearchTagsV2Response,
  SearchTagValuesRequest,
  SearchTagValuesResponse,
  SearchTagValuesV2Response,
} from "@sightline/proto/tempopb/tempo";
import { anyAttribute } from "@sightline/query/traceql/attribute-name";
import { bareIntrinsic, scopedIntrinsic } from "@sightline/query/traceql/intrinsic";
import type { QueryRequest } from "../http/query-api.ts";
import { callOf, type StorageCall } from "../http/storage-call.ts";
import { type Endpoint, messageAnswer, type TempoContext } from "./endpoint.ts";
import { countOf, rangeOf, secondsOf } from "./parameters.ts";

/** How many names of a scope, or values, there are at most. */
const MAX_LISTED = 5000;

export const tagEndpoints: readonly Endpoint[] = [
  {
    path: "/api/search/tags",
    answer: async (request, context) =>
      messageAnswer(request, SearchTagsResponse, await searchTags(tagsRequest(request), callOf(request), context)),
  },
  {
    path: "/api/v2/search/tags",
    answer: async (request, context) =>
      messageAnswer(request, SearchTagsV2Response, await searchTagsV2(tagsRequest(request), callOf(request), context)),
  },
  {
    path: "/api/search/tag/:tag/values",
    answer: async (request, context) => {
      const values = await searchTagValues(valuesRequest(request), callOf(request), context);
      return messageAnswer(request, SearchTagValuesResponse, values);
    },
  },
  {
    path: "/api/v2/search/tag/:tag/values",
    answer: async (request, context) => {
      const values = await searchTagValuesV2(valuesRequest(request), callOf(request), context);
      return messageAnswer(request, SearchTagValuesV2Response, values);
    },
  },
];

function tagsRequest({ parameters }: QueryRequest): SearchTagsRequest {
  return SearchTagsRequest.create({
    scope: parameters.get("scope"),
    query: parameters.get("q"),
    maxTagsPerScope: countOf(parameters, "limit", 0),
    ...secondsOf(parameters),
  });
}

function valuesRequest({ parameters, pathPart }: QueryRequest): SearchTagValuesRequest {
  return SearchTagValuesRequest.create({
    tagName: decodeAgain(pathPart("tag")),
    query: parameters.get("q"),
    maxTagValues: countOf(parameters, "limit", 0),
    ...secondsOf(parameters),
  });
}

/** Grafana encodes names of tags twice. */
function decodeAgain(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A name with a percent sign of its own.
    return text;
  }
}

const SCOPES: ReadonlyMap<string, SpanScope> = new Map([
  ["", SpanScope.UNSPECIFIED],
  ["none", SpanScope.UNSPECIFIED],
  ["resource", SpanScope.RESOURCE],
  ["span", SpanScope.SPAN],
  ["event", SpanScope.EVENT],
  ["link", SpanScope.LINK],
  ["instrumentation", SpanScope.INSTRUMENTATION],
  ["intrinsic", SpanScope.INTRINSIC],
]);
const SCOPE_NAMES = new Map([...SCOPES].map(([name, scope]) => [scope, name]));

/** The names of attributes in one list; those of intrinsics only where they are asked for. */
export async function searchTags(
  request: SearchTagsRequest,
  call: StorageCall,
  context: TempoContext,
): Promise<SearchTagsResponse> {
  const scopes = await listNames(request, call, context);
  const isAsked = request.scope === "intrinsic";
  const names = scopes.filter(({ scope }) => isAsked || scope !== SpanScope.INTRINSIC).flatMap((scope) => scope.names);
  return { tagNames: [...new Set(names)].sort(), metrics: MetadataMetrics.create() };
}

/** The names of what spans have, by scope. */
export async function searchTagsV2(
  request: SearchTagsRequest,
  call: StorageCall,
  context: TempoContext,
): Promise<SearchTagsV2Response> {
  const scopes = await listNames(request, call, context);
  return {
    scopes: scopes.map(({ scope, names }) => ({ name: SCOPE_NAMES.get(scope) ?? "", tags: names })),
    metrics: MetadataMetrics.create(),
  };
}

async function listNames(
  request: SearchTagsRequest,
  call: StorageCall,
  { traceql, clock }: TempoContext,
): Promise<readonly ScopeAttributes[]> {
  const scope = SCOPES.get(request.scope);
  if (scope === undefined) throw invalid(`invalid scope: ${request.scope}`);
  const { query, maxTagsPerScope } = request;
  const limit = Math.min(maxTagsPerScope, MAX_LISTED);
  const asked = ListSpanAttributesRequest.create({ scope, query, range: rangeOf(request, clock()), limit });
  const { scopes } = await traceql.call("listSpanAttributes", asked, call);
  return scopes;
}

/** The values of an attribute, which is named without scope, as texts. */
export async function searchTagValues(
  request: SearchTagValuesRequest,
  call: StorageCall,
  context: TempoContext,
): Promise<SearchTagValuesResponse> {
  const { tagName } = request;
  const isIntrinsic = bareIntrinsic(tagName) !== undefined || scopedIntrinsic(tagName) !== undefined;
  const field = isIntrinsic ? tagName : anyAttribute(tagName);
  const values = await listValues({ ...request, tagName: field }, call, context);
  return { tagValues: values.map(({ text }) => text), metrics: MetadataMetrics.create() };
}

/** The values of what TraceQL calls so, with their types. */
export async function searchTagValuesV2(
  request: SearchTagValuesRequest,
  call: StorageCall,
  context: TempoContext,
): Promise<SearchTagValuesV2Response> {
  const values = await listValues(request, call, context);
  return {
    tagValues: values.map(({ type, text }) => ({ type, value: text })),
    metrics: MetadataMetrics.create(),
  };
}

async function listValues(
  request: SearchTagValuesRequest,
  call: StorageCall,
  { traceql, clock }: TempoContext,
): Promise<readonly SpanAttributeValue[]> {
  const { tagName: field, query, maxTagValues } = request;
  const limit = Math.min(maxTagValues, MAX_LISTED);
  const asked = ListSpanAttributeValuesRequest.create({ field, query, range: rangeOf(request, clock()), limit });
  const { values } = await traceql.call("listSpanAttributeValues", asked, call);
  return values;
}
