import { isForTests, isTypeScript, type Rule } from "../rule.ts";
import { dotted } from "../source-file.ts";

const mayRead =
  /^(libs\/service\/|sightlinectl\/src\/main\.ts$|deploy\/|proto\/|services\/gateway\/web\/vite\.config\.ts$)/;

export const environment: Rule = {
  name: "process.env is read in libs/service only",
  advice: "add a key to the service's config schema",
  applies: (path) => isTypeScript(path) && !mayRead.test(path) && !isForTests(path),
  check: (file) =>
    file.nodes
      .filter((node) => node.type === "MemberExpression" && dotted(node.fields) === "process.env")
      .map(file.lineOf),
};
