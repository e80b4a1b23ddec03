import type { z } from "zod";
import type { Access, Caller } from "../auth/caller.ts";

/** What a route's call is given: all of it parsed. */
export interface Exchange<Query, Body> {
  readonly query: Query;
  /** `attr.<key>=<value>` of the query string, for routes that take attributes. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly body: Body;
  /** A parameter of the path, decoded. */
  param(name: string): string;
  readonly caller: Caller;
  /** A header's value; "" when there is none. */
  header(name: string): string;
  /** The client's address. */
  readonly address: string;
  /** The login's token among the cookies. */
  readonly sessionToken: string | undefined;
  /** The one of these content types that the client would rather have; undefined when it wants none. */
  accepts(contentTypes: readonly string[]): string | undefined;
  /** Answers with a cookie. */
  setCookie(cookie: string): void;
  /** Aborted when the client goes away. */
  readonly signal: AbortSignal;
}

/** An answer that is not JSON. */
export interface Document {
  readonly contentType: string;
  /** Pieces of text are sent while they come; an answer whose pieces fail breaks off. */
  readonly content: string | Uint8Array | AsyncIterable<string>;
  /** Offered as the name to save it under. */
  readonly fileName?: string;
  /** For what clients read again and again: nothing is sent to one that has the current one. Without it nothing is cached. */
  readonly caching?: { readonly etag: string; readonly cacheControl: string };
}

interface RouteText {
  readonly method: "get" | "post" | "put" | "delete";
  /** In express' syntax: /v1/events/:id */
  readonly path: string;
  /** A second path that people would try, in the same syntax; not in the OpenAPI document. */
  readonly alsoAt?: string;
  /** The name of the operation in OpenAPI, unique. */
  readonly operation: string;
  /** One sentence for people. */
  readonly summary: string;
  /** Groups operations in OpenAPI. */
  readonly tag: string;
  readonly access: Access;
  readonly takesAttributes?: boolean;
}

/** A route as the router and the OpenAPI document see it. */
export interface Route extends RouteText {
  readonly query: z.ZodType;
  readonly body: z.ZodType | undefined;
  /** Content types of a body that is a text, whatever its sender calls it; without them it is JSON. */
  readonly bodyTypes?: readonly string[];
  /** The JSON answer's schema, or the content types of a document. */
  readonly answer: z.ZodType | readonly string[];
  /** Parses what came in and calls; throws AppError. Resolves with the JSON answer or a Document. */
  handle(input: RawExchange): Promise<unknown>;
}

/** What came in, not yet parsed. */
export interface RawExchange extends Omit<Exchange<unknown, unknown>, "query" | "body"> {
  readonly query: unknown;
  readonly body: unknown;
  /** Parses, or throws an AppError that names the field. */
  parse<S extends z.ZodType>(schema: S, value: unknown, where: "query" | "body"): z.output<S>;
}

interface JsonRoute<Query extends z.ZodType, Body extends z.ZodType, Answer extends z.ZodType> extends RouteText {
  readonly query: Query;
  readonly body: Body;
  readonly answer: Answer;
  call(exchange: Exchange<z.output<Query>, z.output<Body>>): Promise<z.input<Answer>>;
}

interface DocumentRoute<Query extends z.ZodType, Body> extends RouteText {
  readonly query: Query;
  readonly contentTypes: readonly string[];
  call(exchange: Exchange<z.output<Query>, Body>): Promise<Document>;
}

/** A route without a body that answers JSON. The call's types follow from the schemas. */
export function readRoute<Query extends z.ZodType, Answer extends z.ZodType>(
  route: Omit<JsonRoute<Query, z.ZodUndefined, Answer>, "body">,
): Route {
  const { call, ...rest } = route;
  return {
    ...rest,
    body: undefined,
    handle: ({ parse, ...input }) =>
      call({ ...input, query: parse(route.query, input.query, "query"), body: undefined }),
  };
}

/** A route with a JSON body that answers JSON. The call's types follow from the schemas. */
export function writeRoute<Query extends z.ZodType, Body extends z.ZodType, Answer extends z.ZodType>(
  route: JsonRoute<Query, Body, Answer>,
): Route {
  const { call, ...rest } = route;
  return {
    ...rest,
    handle: ({ parse, ...input }) =>
      call({
        ...input,
        query: parse(route.query, input.query, "query"),
        body: parse(route.body, input.body, "body"),
      }),
  };
}

/** A route with a text as its body that answers JSON. */
export function textRoute<Query extends z.ZodType, Answer extends z.ZodType>(
  route: JsonRoute<Query, z.ZodString, Answer> & { readonly bodyTypes: readonly string[] },
): Route {
  const { bodyTypes, ...rest } = route;
  return { ...writeRoute(rest), bodyTypes };
}

/** A route without a body that answers a document. */
export function documentRoute<Query extends z.ZodType>(route: DocumentRoute<Query, undefined>): Route {
  const { call, contentTypes, ...rest } = route;
  return {
    ...rest,
    body: undefined,
    answer: contentTypes,
    handle: ({ parse, ...input }) =>
      call({ ...input, query: parse(route.query, input.query, "query"), body: undefined }),
  };
}

/** A route with a JSON body that answers a document. */
export function documentFromBodyRoute<Query extends z.ZodType, Body extends z.ZodType>(
  route: DocumentRoute<Query, z.output<Body>> & { readonly body: Body },
): Route {
  const { call, contentTypes, ...rest } = route;
  return {
    ...rest,
    answer: contentTypes,
    handle: ({ parse, ...input }) =>
      call({ ...input, query: parse(route.query, input.query, "query"), body: parse(route.body, input.body, "body") }),
  };
}
