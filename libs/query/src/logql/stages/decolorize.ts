import type { StageRunner } from "./stage.ts";

/** The control sequences with which programs colour what they write to a terminal. */
const sequence =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\x1b\x9b][[\]()#;?]*(?:(?:[a-zA-Z\d]*(?:;[a-zA-Z\d]*)*)?\x07|(?:\d{1,4}(?:;\d{0,4})*)?[\dA-PRZcf-ntqry=><~])/g;

/** `| decolorize`: removes colours from the line. */
export function createDecolorize(): StageRunner {
  return (line) => {
    if (line.text.includes("\x1b") || line.text.includes("\x9b")) line.text = line.text.replace(sequence, "");
    return true;
  };
}
