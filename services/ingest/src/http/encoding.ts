import { AppError } from "@sightline/errors/app-error";

/** How a body is written; the answer is written the same way. */
export type Encoding = "protobuf" | "json" | "ndjson";

/** The Content-Type of an answer. */
export const CONTENT_TYPES = {
  protobuf: "application/x-protobuf",
  json: "application/json",
  ndjson: "application/json",
} as const satisfies Record<Encoding, string>;

const encodings: Readonly<Record<string, Encoding>> = {
  "application/x-protobuf": "protobuf",
  "application/protobuf": "protobuf",
  "application/json": "json",
  "application/x-ndjson": "ndjson",
  "application/jsonl": "ndjson",
};

/** The encoding that a Content-Type names; undefined when it is none of ours. */
export function encodingOf(contentType: string | undefined): Encoding | undefined {
  const [type = ""] = (contentType ?? "").split(";");
  return encodings[type.trim().toLowerCase()];
}

/** A refusal that HTTP has its own status for. */
export interface Refusal {
  readonly status: number;
  readonly error: AppError;
  readonly headers?: Readonly<Record<string, string>>;
}

/** 415: the body cannot be read, whatever is in it. */
export function unsupportedMediaType(got: string | undefined, want: readonly Encoding[]): Refusal {
  const types = Object.entries(encodings).filter(([, encoding]) => want.includes(encoding));
  const message = `cannot read the body: got Content-Type ${got ?? "(none)"}, want ${types.map(([type]) => type).join(" or ")}`;
  return { status: 415, error: new AppError("invalid_argument", message) };
}
