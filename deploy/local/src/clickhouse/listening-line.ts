/** What the server process prints once it answers. */
export interface ListeningLine {
  /** Address and port, as they stand in a URL. */
  readonly host: string;
  /** ClickHouse's version. */
  readonly version: string;
}

export function formatListeningLine(line: ListeningLine): string {
  return `${JSON.stringify({ msg: "listening", ...line })}\n`;
}

export function parseListeningLine(text: string): ListeningLine {
  const line: unknown = JSON.parse(text);
  const field = (name: string): string => {
    const value: unknown = typeof line === "object" && line !== null ? Reflect.get(line, name) : undefined;
    if (typeof value === "string") return value;
    throw new Error(`cannot read the address of ClickHouse: got ${text}, want "${name}"`);
  };
  return { host: field("host"), version: field("version") };
}
