#!/usr/bin/env node
import process from "node:process";
import { run } from "./run.js";

const { stdin: input, stdout: output, stderr: errors } = process;
const interactive = Boolean(input.isTTY && output.isTTY);
process.exitCode = await run(process.argv.slice(2), { input, output, errors, interactive, cwd: process.cwd() });
