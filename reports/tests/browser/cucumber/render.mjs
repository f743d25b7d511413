// Cucumber Messages on standard input, the page of @cucumber/html-formatter on standard output.

import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { CucumberHtmlStream } from "@cucumber/html-formatter";

const part = (path) => fileURLToPath(new URL(`node_modules/@cucumber/html-formatter/dist/${path}`, import.meta.url));
const page = new CucumberHtmlStream(part("main.css"), part("main.js"), part("src/icon.url"));
page.pipe(process.stdout);
for await (const line of createInterface({ input: process.stdin })) page.write(JSON.parse(line));
page.end();
