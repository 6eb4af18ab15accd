// Runs integrations/segment/function.js as Segment does: its source, its globals, one call after another.
import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import vm from "node:vm";

const { source, settings, events } = JSON.parse(await text(process.stdin));
const named = (name) => class extends Error { name = name; };
const globals = { fetch, Buffer };
for (const name of ["RetryError", "EventNotSupported", "ValidationError"]) globals[name] = named(name);
const context = vm.createContext(globals);
vm.runInContext(await readFile(source, "utf8"), context);

const outcomes = [];
for (const [handler, event] of events) {
  try {
    await context[handler](event, settings);
    outcomes.push("done");
  } catch (error) {
    outcomes.push(`${error.name}: ${error.message}`);
  }
}
console.log(JSON.stringify(outcomes));
