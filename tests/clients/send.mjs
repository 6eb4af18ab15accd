// Makes the calls it reads with @segment/analytics-node; prints their messageIds and the errors.
import { text } from "node:stream/consumers";
import { Analytics } from "@segment/analytics-node";

const { settings, calls } = JSON.parse(await text(process.stdin));
const analytics = new Analytics(settings);
const errors = [];
analytics.on("error", ({ code, reason }) => errors.push(`${code}: ${reason?.message ?? reason}`));

const made = calls.map(([method, call]) => new Promise((done) => {
  analytics[method](call, (_error, context) => done(context.event.messageId));
}));
await analytics.closeAndFlush();
console.log(JSON.stringify({ ids: await Promise.all(made), errors }));
