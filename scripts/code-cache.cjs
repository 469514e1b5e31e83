/**
 * Writes the code that V8 makes of a script beside it: stub.cjs to stub.cache. Run by the very node that will load the two, since
 * another one rejects the cache. V8 itself would take the code of any script of the same length, so both files end with the
 * script's fingerprint.
 */
const { createHash } = require("node:crypto");
const { readFileSync, writeFileSync } = require("node:fs");
const { setFlagsFromString } = require("node:v8");
const { Script } = require("node:vm");

const [filename] = process.argv.slice(2);
const bundle = readFileSync(filename, "latin1");
const fingerprint = createHash("sha256").update(bundle).digest("hex");
const source = `${bundle}//${fingerprint}`;
// All functions, not only those that run at once. The flag must not last: a cache is only good for the flags it was made with.
setFlagsFromString("--no-lazy");
const script = new Script(source, { filename });
setFlagsFromString("--lazy");
const cache = Buffer.concat([script.createCachedData(), Buffer.from(fingerprint)]);
writeFileSync(filename, source);
writeFileSync(filename.replace(/\.cjs$/, ".cache"), cache);
