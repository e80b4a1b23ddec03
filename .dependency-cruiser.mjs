// Who imports whom (ARCHITECTURE.md, "Who imports whom"). `make check` runs it.

import swcVisitor from "@swc/core/Visitor.js";

// swc parses `using` but its visitor throws at it: there, it is a declaration like `const`.
const { visitStatement } = swcVisitor.Visitor.prototype;
swcVisitor.Visitor.prototype.visitStatement = function (statement) {
  if (statement.type !== "UsingDeclaration") return visitStatement.call(this, statement);
  for (const declarator of statement.decls) this.visitVariableDeclarator(declarator);
  return statement;
};

const libs = "^libs/([^/]+)/";

/** The layers of libs, lowest first: what each may import besides itself. */
const mayImport = {
  errors: [],
  model: [],
  proto: ["errors", "model"],
  columns: ["errors", "model"],
  snappy: ["errors"],
  otlp: ["errors", "model", "proto", "columns"],
  logs: ["errors", "model", "otlp"],
  events: ["errors", "model", "proto", "otlp"],
  regex: ["errors"],
  gotext: [],
  gotemplate: ["errors", "gotext", "regex"],
  query: ["errors", "model", "proto", "gotext", "regex", "gotemplate"],
  rules: ["errors", "model", "gotext", "regex", "gotemplate", "query"],
  alertmanager: ["errors", "model", "gotext", "regex", "gotemplate", "query"],
  oncall: ["errors", "model"],
  backtest: ["errors", "model", "rules", "alertmanager", "oncall"],
  auth: ["errors", "model"],
  service: ["errors"],
  bus: ["errors", "service", "model", "proto"],
  clickhouse: ["errors", "service", "model", "columns"],
  postgres: ["errors", "service", "model", "auth"],
  redis: ["errors", "service", "model"],
  rpc: ["errors", "service", "model", "proto"],
};

/** The one lib that may import a client package. */
const clientPackages = {
  bus: "@nats-io/",
  clickhouse: "@clickhouse/client",
  postgres: "pg",
  redis: "ioredis",
};

const layerRules = Object.entries(mayImport).map(([lib, allowed]) => ({
  name: `lib-${lib}-layer`,
  comment: `libs/${lib} may import ${allowed.length === 0 ? "no other lib" : allowed.join(", ")}`,
  severity: "error",
  // Tests, and what they are made of, may also use the testkit and start what they need.
  from: { path: `^libs/${lib}/`, pathNot: ["\\.(test|bench)\\.ts$", "/testing/"] },
  to: { path: libs, pathNot: `^libs/(${[lib, ...allowed].join("|")})/` },
}));

const clientRules = Object.entries(clientPackages).map(([lib, name]) => ({
  name: `client-of-${lib}`,
  comment: `only libs/${lib} imports ${name}`,
  severity: "error",
  from: { path: "^(libs|services|sightlinectl)/", pathNot: [`^libs/${lib}/`, "\\.(test|bench)\\.ts$"] },
  to: { path: `node_modules/${name}${name.endsWith("/") ? "" : "/"}` },
}));

/** @type {import("dependency-cruiser").IConfiguration} */
export default {
  forbidden: [
    { name: "no-circular", severity: "error", from: {}, to: { circular: true } },
    {
      name: "no-unresolvable",
      severity: "error",
      from: { pathNot: "^services/gateway/web/" },
      to: { couldNotResolve: true, pathNot: "^node:" },
    },
    {
      name: "libs-not-services",
      comment: "a lib never imports a service, the local stack or the tests",
      severity: "error",
      from: { path: "^libs/", pathNot: "^libs/testkit/" },
      to: { path: "^(services|sightlinectl|deploy|tests)/" },
    },
    {
      name: "sightlinectl-apart",
      comment: "the command line talks to services by proto and REST, never by import",
      severity: "error",
      from: { path: "^sightlinectl/", pathNot: "\\.test\\.ts$" },
      to: { path: "^(services|deploy|tests)/" },
    },
    {
      name: "services-apart",
      comment: "services talk by proto or by bus, never by import",
      severity: "error",
      from: { path: "^services/([^/]+)/" },
      to: { path: "^services/([^/]+)/", pathNot: "^services/$1/" },
    },
    {
      name: "testkit-is-for-tests",
      severity: "error",
      from: {
        path: "^(libs|services|sightlinectl)/",
        pathNot: ["^libs/testkit/", "\\.(test|bench)\\.ts$", "/testing/"],
      },
      to: { path: "^libs/testkit/" },
    },
    ...layerRules,
    ...clientRules,
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(^|/)(dist|\\.toolchain)/" },
    parser: "swc",
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default", "types"] },
  },
};
