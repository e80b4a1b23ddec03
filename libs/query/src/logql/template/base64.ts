// After encoding/base64 of Go 1.26.
import { textOfBytes } from "@sightline/gotext/quote";

const right = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const letter = /[A-Za-z0-9+/]/;

/** What a text in base64 says, or the message that it says nothing, as sprig's `b64dec` has it. Ends of lines do not count. */
export function decodeBase64(text: string): string {
  if (right.test(text.replace(/[\r\n]/g, ""))) return textOfBytes(Buffer.from(text, "base64"));
  return `illegal base64 data at input byte ${wrongByte(text)}`;
}

/** The byte at which Go finds that the text is wrong: four letters at a time, the last ones of which may be padding. */
function wrongByte(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? "";
    if (character === "\n" || character === "\r") continue;
    if (letter.test(character)) count = (count + 1) % 4;
    else return character === "=" && count >= 2 ? wrongPadding(text, at, count) : at;
  }
  return text.length - count;
}

function wrongPadding(text: string, at: number, count: number): number {
  let end = afterBreaks(text, at + 1);
  if (count === 2) {
    if (end === text.length) return end;
    if (text[end] !== "=") return end - 1;
    end = afterBreaks(text, end + 1);
  }
  return end;
}

function afterBreaks(text: string, from: number): number {
  let at = from;
  while (text[at] === "\n" || text[at] === "\r") at++;
  return at;
}
