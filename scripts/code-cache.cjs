/**
 * Writes the code that V8 makes of a script beside it: stub.cjs to stub.cache. Run by the very node that will load the two, since
 * another one rejects the cache.
 */
const { readFileSync, writeFileSync } = require("node:fs");
const { setFlagsFromString } = require("node:v8");
const { Script } = require("node:vm");

const [filename] = process.argv.slice(2);
// All functions, not only those that run at once. The flag must not last: a cache is only good for the flags it was made with.
setFlagsFromString("--no-lazy");
const script = new Script(readFileSync(filename, "latin1"), { filename });
setFlagsFromString("--lazy");
writeFileSync(filename.replace(/\.cjs$/, ".cache"), script.createCachedData());
