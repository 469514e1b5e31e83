import { profileChapter } from "./profile/chapter.js";
import { measureProfile } from "./profile/measure.js";
import { writeReport } from "./report.js";
import { type BenchResults, readJson, writeJson } from "./results.js";

/** Times the stub's steps. Reports with the rounds of the last benchmark how the time of a request is spent. */
async function main(): Promise<void> {
  const results = await readJson<BenchResults>("results.json");
  if (results === undefined) {
    throw new Error("docs/benchmarks/results.json is missing: run 'npm run bench' first");
  }
  const profile = await measureProfile(results.settings.sizes);
  console.log(profileChapter(results, profile).join("\n\n"));
  await writeJson("profile.json", profile);
  await writeReport();
}

await main();
