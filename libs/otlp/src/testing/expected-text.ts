import type { KeyValue } from "@sightline/proto/opentelemetry/proto/common/v1/common";
import type { Resource } from "@sightline/proto/opentelemetry/proto/resource/v1/resource";
import { valueText } from "../value-text.ts";

// What the transcoders must make of values, said once more over decoded messages: slow, and plain to read.

/** Attributes as a row's map. */
export function expectedMap(attributes: readonly KeyValue[] = []): [string, string][] {
  return attributes.map(({ key, value }) => [key, valueText(value)]);
}

/** An id as hex; "" when it is none. */
export function expectedId(id: Uint8Array, size: 8 | 16): string {
  return id.length === size && id.some((byte) => byte !== 0) ? Buffer.from(id).toString("hex") : "";
}

/** The first of these times that is one; 0 when none is. */
export function expectedTime(...times: readonly bigint[]): bigint {
  return times.find((time) => time !== 0n && time < 2n ** 63n) ?? 0n;
}

export function expectedService(resource: Resource | undefined): string {
  const last = resource?.attributes.filter(({ key }) => key === "service.name").at(-1);
  return valueText(last?.value);
}
