// Verifies the DKIM signatures of the mails it reads with mailauth; prints a result for each.
import { text } from "node:stream/consumers";
import { dkimVerify } from "mailauth/lib/dkim/verify.js";

const { mails, records } = JSON.parse(await text(process.stdin));
const resolver = async (name, type) => {
  if (type === "TXT" && name in records) return [[records[name]]];
  throw Object.assign(new Error("no such record"), { code: "ENOTFOUND" });
};
const results = [];
for (const mail of mails) {
  const { results: found, headerFrom } = await dkimVerify(Buffer.from(mail, "base64"), { resolver });
  results.push(found.map((one) => ({
    result: one.status.result,
    comment: one.status.comment ?? "",
    aligned: one.status.aligned ?? false,
    algorithm: one.algo,
    from: headerFrom,
  })));
}
console.log(JSON.stringify(results));
