import assert from "node:assert/strict";
import { test } from "node:test";
import { type Command, commandsFor } from "./commands.ts";

const target = (command: Command | undefined) => (command?.action.t === "go" ? command.action.to : command?.action.t);

test("the first offer is what was meant", () => {
  const cases: [string, string, string][] = [
    ["", "", "/"],
    ["ev", "", "/events"],
    ["ev", "?start=-6h&q=x", "/events?start=-6h"],
    ["alert ru", "", "/alerts/rules/new"],
    ["4bf92f3577b34da6a3ce929d0e0e4736", "", "/traces/4bf92f3577b34da6a3ce929d0e0e4736"],
    ["019400aa-1234-7abc-a123-000000000001", "", "/events?event=019400aa-1234-7abc-a123-000000000001"],
    ["disk full", "", "/events?q=disk+full"],
    ["dark", "", "theme"],
  ];
  for (const [text, search, want] of cases) assert.equal(target(commandsFor(text, search)[0]), want, text);
});
