// Receives webhooks of Afterword in Node, with nothing but Node: checks each signature, and acts
// once on each.
//
// WEBHOOK_SECRET=whsec_... node receiver.mjs 8100
import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";
import { buffer } from "node:stream/consumers";

const key = Buffer.from(process.env.WEBHOOK_SECRET.replace(/^whsec_/, ""), "base64");
const TOLERANCE = 5 * 60; // seconds that its clock and ours may be apart
const seen = new Set(); // in an application: a table whose key is the id

// Do what your application does with it.
function act(told) {
  console.log(told.event, told.email, told.score, told.comment);
}

// The body as it came: parsed and written again, it has another signature.
function isSigned(headers, body) {
  const { "webhook-id": id, "webhook-timestamp": at, "webhook-signature": given } = headers;
  if (!id || !given || !(Math.abs(Date.now() / 1000 - Number(at)) < TOLERANCE)) return false;
  const right = createHmac("sha256", key).update(`${id}.${at}.`).update(body).digest();
  // There are two for a day after the secret was changed.
  return given.split(" ").some((each) => {
    const [version, signature] = each.split(",");
    const said = Buffer.from(signature ?? "", "base64");
    return version === "v1" && said.length === right.length && timingSafeEqual(said, right);
  });
}

createServer(async (request, response) => {
  const body = await buffer(request);
  if (!isSigned(request.headers, body)) return response.writeHead(401).end();
  const id = request.headers["webhook-id"];
  if (!seen.has(id)) { // it comes again if this answer is lost
    act(JSON.parse(body));
    seen.add(id);
  }
  return response.writeHead(204).end();
}).listen(Number(process.argv[2]), "127.0.0.1");
