// Reads a list of LogQL queries as JSON; writes those that the grammar refuses, and where.
import { readFileSync } from "node:fs";
import { parser } from "@grafana/lezer-logql";

const refused = [];
for (const query of JSON.parse(readFileSync(0, "utf8"))) {
  parser.parse(query).iterate({
    enter(node) {
      if (node.type.isError) refused.push([query, node.from]);
    },
  });
}
console.log(JSON.stringify(refused));
