#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { OpenApiServer } from "@lamp/openapi-mcp";
const document = JSON.parse(readFileSync(new URL("./openapi.json", import.meta.url), "utf8"));
new OpenApiServer(document).start();
