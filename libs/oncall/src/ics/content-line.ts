/** The lines that a calendar is made of (RFC 5545 section 3.1). */

const MAX_OCTETS = 75;

/** A property of one line, folded, with its line break. The value has to be escaped already. */
export function contentLine(name: string, value: string): string {
  return `${fold(`${name}:${value}`)}\r\n`;
}

/** A value of the type TEXT (section 3.3.11). Control characters, which it cannot hold, become spaces. */
export function textValue(text: string): string {
  return text
    .replace(/\r\n?/g, "\n")
    .replace(/[\\;,]/g, "\\$&")
    .replace(/\n/g, "\\n")
    .replace(/\p{Cc}/gu, " ");
}

/** A DATE-TIME in UTC (section 3.3.5); what is below a second is cut off. */
export function timeValue(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace(/[-:]/g, "")}Z`;
}

/** A line is at most 75 octets of UTF-8 long and goes on after a space; no character is broken. */
function fold(line: string): string {
  if (Buffer.byteLength(line) <= MAX_OCTETS) return line;
  let folded = "";
  let octets = 0;
  for (const character of line) {
    const size = Buffer.byteLength(character);
    if (octets + size > MAX_OCTETS) {
      folded += "\r\n ";
      octets = 1;
    }
    folded += character;
    octets += size;
  }
  return folded;
}
