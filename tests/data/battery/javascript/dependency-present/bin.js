#!/usr/bin/env node
import "@clock/core/cli";
