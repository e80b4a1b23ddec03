import { isForTests, isTypeScript, type Rule } from "../rule.ts";
import { dotted } from "../source-file.ts";

const calls = new Set(["Date.now", "Math.random"]);

/** The rim, where time and chance come from (a gRPC deadline is a time of day). Deciding code gets them as arguments. */
const rim = /^(libs\/(service|rpc)\/|deploy\/|proto\/|services\/gateway\/web\/|services\/[^/]+\/src\/(app|main)\.ts$)/;

export const clockAndChance: Rule = {
  name: "clock and chance are arguments",
  advice: "take a Clock or a random function as an option; app.ts hands in the real ones",
  applies: (path) => isTypeScript(path) && !rim.test(path) && !isForTests(path),
  check: (file) =>
    file.nodes
      .filter((node) => {
        if (node.type === "CallExpression") return calls.has(dotted(node.fields["callee"]) ?? "");
        if (node.type !== "NewExpression" || dotted(node.fields["callee"]) !== "Date") return false;
        const given = node.fields["arguments"];
        return !Array.isArray(given) || given.length === 0;
      })
      .map(file.lineOf),
};
