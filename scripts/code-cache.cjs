/**
 * Writes V8's code cache of a script into a file beside it: stub.cache for stub.cjs. The node that will load both files must run this
 * program, since another build of node rejects the cache. V8 accepts the cache of any script of the same length, so both files end with the
 * fingerprint of the script.
 */
const { createHash } = require("node:crypto");
const { readFileSync, writeFileSync } = require("node:fs");
const { setFlagsFromString } = require("node:v8");
const { Script } = require("node:vm");

const [filename] = process.argv.slice(2);
const bundle = readFileSync(filename, "latin1");
const fingerprint = createHash("sha256").update(bundle).digest("hex");
const source = `${bundle}//${fingerprint}`;
// The cache gets all functions, not only those that run at the start. The flag is reset, since V8 rejects a cache of other flags.
setFlagsFromString("--no-lazy");
const script = new Script(source, { filename });
setFlagsFromString("--lazy");
const cache = Buffer.concat([script.createCachedData(), Buffer.from(fingerprint)]);
writeFileSync(filename, source);
writeFileSync(filename.replace(/\.cjs$/, ".cache"), cache);
