import { AppError } from "@sightline/errors/app-error";

/** A refusal that HTTP has its own status for. */
export interface Refusal {
  readonly status: number;
  readonly error: AppError;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Which formats of a body a route reads, by its Content-Type. */
export interface Content<Format extends string> {
  /** The format that a Content-Type names; undefined when it is none of these. */
  formatOf(contentType: string | undefined): Format | undefined;
  /** What would have been read, for whoever sent something else. */
  readonly wanted: string;
}

/**
 * Formats by media type. Parameters of the type (`; charset=utf-8`) mean nothing unless the table has the type with
 * them, written as `type;name=value`; a type with another value of a parameter that is in the table is not read.
 *
 * @param missing the format of a body that does not say; by default such a body is refused
 */
export function mediaTypes<Format extends string>(
  table: Readonly<Record<string, Format>>,
  missing?: Format,
): Content<Format> {
  const entries = Object.entries(table).map(([type, format]) => ({ ...parseMediaType(type), format }));
  // The most particular first.
  entries.sort((a, b) => b.parameters.size - a.parameters.size);
  const telling = new Set(entries.flatMap(({ parameters }) => [...parameters.keys()]));
  return {
    formatOf: (contentType) => {
      if (contentType === undefined || contentType.trim() === "") return missing;
      const { type, parameters } = parseMediaType(contentType);
      const fits = entries.find(
        (entry) =>
          entry.type === type && [...telling].every((name) => entry.parameters.get(name) === parameters.get(name)),
      );
      return fits?.format;
    },
    wanted: Object.keys(table).join(" or "),
  };
}

interface MediaType {
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
}

function parseMediaType(text: string): MediaType {
  const [type = "", ...rest] = text.split(";");
  const parameters = rest.map((parameter): [string, string] => {
    const [name = "", ...value] = parameter.split("=");
    return [
      name.trim().toLowerCase(),
      value
        .join("=")
        .trim()
        .replace(/^"(.*)"$/, "$1"),
    ];
  });
  return { type: type.trim().toLowerCase(), parameters: new Map(parameters) };
}

/** 415: the body cannot be read, whatever is in it. */
export function unsupportedMediaType(got: string | undefined, wanted: string): Refusal {
  const message = `cannot read the body: got Content-Type ${got?.slice(0, 100) ?? "(none)"}, want ${wanted}`;
  return { status: 415, error: new AppError("invalid_argument", message) };
}
