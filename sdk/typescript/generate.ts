/**
 * Writes `src/types.ts` from the contract: the shapes of REST and of events, as TypeScript.
 *
 *     node generate.ts [--check] OPENAPI.json ASYNCAPI.json
 *
 * With --check it writes nothing, and fails where the file is not what it would be.
 */

import { readFileSync, writeFileSync } from "node:fs";

interface Schema {
  $ref?: string;
  type?: string | string[];
  description?: string;
  const?: unknown;
  enum?: unknown[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  items?: Schema;
  prefixItems?: Schema[];
  maxItems?: number;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
}

type Schemas = Record<string, Schema>;

const HEADER = "// Written by `make spec` from protocol/: not to be changed by hand.\n";

/** Shapes that are sent to the server: what they need not name may be left out. */
function sent(document: { paths?: Record<string, Record<string, unknown>> }, schemas: Schemas): Set<string> {
  const found = new Set<string>();
  const visit = (name: string) => {
    if (found.has(name)) return;
    found.add(name);
    for (const each of references(schemas[name])) visit(each);
  };
  for (const operations of Object.values(document.paths ?? {})) {
    for (const operation of Object.values(operations)) {
      const body = (operation as { requestBody?: unknown }).requestBody;
      for (const name of references(body)) visit(name);
    }
  }
  return found;
}

function references(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(references);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === "$ref" && typeof inner === "string" ? [referenced(inner)] : references(inner),
  );
}

function referenced(reference: string): string {
  return reference.split("/").at(-1) ?? "";
}

/** A schema's name without where it was declared: `…tables__schemas__Position` and `Page_X_`. */
function titled(name: string): string {
  const parts = /^restai__features__(\w+?)__schemas__(\w+)$/.exec(name);
  const plain = parts === null ? name : `${parts[1]}_${parts[2]}`;
  return plain
    .replace(/[^A-Za-z0-9]+(\w?)/g, (_, next: string) => next.toUpperCase())
    .replace(/^\w/, (first) => first.toUpperCase());
}

function comment(text: string | undefined, indent: string): string {
  if (text === undefined) return "";
  const lines = text.split("\n").map((line) => line.trimEnd());
  if (lines.length === 1) return `${indent}/** ${lines[0]} */\n`;
  return `${indent}/**\n${lines.map((line) => `${indent} *${line && ` ${line}`}\n`).join("")}${indent} */\n`;
}

function union(schemas: Schema[], indent: string): string {
  return [...new Set(schemas.map((each) => type(each, indent)))].join(" | ");
}

function type(schema: Schema, indent: string): string {
  if (schema.$ref !== undefined) return titled(referenced(schema.$ref));
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((each) => JSON.stringify(each)).join(" | ");
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return union(choices, indent);
  if (schema.allOf !== undefined) return schema.allOf.map((each) => type(each, indent)).join(" & ");
  if (Array.isArray(schema.type))
    return union(
      schema.type.map((each) => ({ ...schema, type: each })),
      indent,
    );
  return plain(schema, indent);
}

function plain(schema: Schema, indent: string): string {
  switch (schema.type) {
    case "string":
      return "string";
    case "integer":
    case "number":
      return "number";
    case "boolean":
      return "boolean";
    case "null":
      return "null";
    case "array":
      return array(schema, indent);
    case "object":
      return object(schema, indent, false);
    default:
      return "unknown";
  }
}

function array(schema: Schema, indent: string): string {
  if (schema.prefixItems !== undefined) {
    return `[${schema.prefixItems.map((each) => type(each, indent)).join(", ")}]`;
  }
  if (schema.items === undefined) return schema.maxItems === 0 ? "[]" : "unknown[]";
  const inner = type(schema.items, indent);
  return inner.includes(" ") ? `(${inner})[]` : `${inner}[]`;
}

function object(schema: Schema, indent: string, mayBeLeftOut: boolean): string {
  const properties = Object.entries(schema.properties ?? {});
  if (properties.length === 0) {
    const values = schema.additionalProperties;
    return `Record<string, ${typeof values === "object" ? type(values, indent) : "unknown"}>`;
  }
  const inner = `${indent}  `;
  const fields = properties.map(([name, each]) => {
    const optional = mayBeLeftOut && !(schema.required ?? []).includes(name) ? "?" : "";
    return `${comment(each.description, inner)}${inner}${name}${optional}: ${type(each, inner)};\n`;
  });
  return `{\n${fields.join("")}${indent}}`;
}

function declare(name: string, schema: Schema, mayBeLeftOut: boolean): string {
  const head = `\n${comment(schema.description, "")}export `;
  if (schema.properties === undefined) return `${head}type ${titled(name)} = ${type(schema, "")};\n`;
  return `${head}interface ${titled(name)} ${object(schema, "", mayBeLeftOut)}\n`;
}

const checking = process.argv[2] === "--check";
const [rest, live] = process.argv
  .slice(checking ? 3 : 2)
  .map((path) => JSON.parse(readFileSync(path, "utf-8")));
const schemas: Schemas = { ...live.components.schemas, ...rest.components.schemas };
const messages = Object.keys(live.components.schemas).filter((name) => !(name in rest.components.schemas));
const inputs = new Set([...sent(rest, schemas), ...messages]);
const declared = Object.keys(schemas)
  .sort()
  .map((name) => declare(name, schemas[name] ?? {}, inputs.has(name)));
const target = new URL("src/types.ts", import.meta.url);
const types = HEADER + declared.join("");
if (!checking) writeFileSync(target, types);
else if (readFileSync(target, "utf-8") !== types) {
  console.error("sdk/typescript/src/types.ts is not what protocol/ says: run `make spec`");
  process.exit(1);
}
