#!/usr/bin/env node
import { run } from "@clock/core";
run();
