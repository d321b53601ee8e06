#!/usr/bin/env node
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import { ListToolsRequestSchema } from "@modelcontextprotocol/sdk/types.js";
const server = new Server({ name: "kiln", version: "1.0.0" }, { capabilities: { tools: {} } });
const client = new Client({ name: "gate", version: "1.0.0" });
server.setRequestHandler(ListToolsRequestSchema, async () => { const { tools } = await client.listTools(); return { tools }; });
