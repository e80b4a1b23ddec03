/** Where something stands in a text, from 1. Columns count bytes of UTF-8, as Go's parsers do. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** The position of a character (UTF-16 unit) of a text. Beyond the text it is that of its end. */
export function positionOf(text: string, at: number): Position {
  const before = text.slice(0, at);
  const lineStart = before.lastIndexOf("\n") + 1;
  let line = 1;
  for (let i = before.indexOf("\n"); i >= 0; i = before.indexOf("\n", i + 1)) line++;
  return { line, column: Buffer.byteLength(before.slice(lineStart)) + 1 };
}

/** The position as clients of Prometheus and Loki see it: `1:5`. */
export function positionText(text: string, at: number): string {
  const { line, column } = positionOf(text, at);
  return `${line}:${column}`;
}
