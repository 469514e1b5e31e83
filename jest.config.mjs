/** The real servers share two cores and the ports of the machine: one test file at a time. */
export default {
  testEnvironment: "node",
  testMatch: ["<rootDir>/test/**/*.test.ts"],
  modulePathIgnorePatterns: ["<rootDir>/dist/", "<rootDir>/.cache/"],
  extensionsToTreatAsEsm: [".ts"],
  moduleNameMapper: { "^(\\.{1,2}/.*)\\.js$": "$1" },
  transform: {
    "\\.ts$": [
      "@swc/jest",
      { jsc: { target: "es2022", parser: { syntax: "typescript" } }, module: { type: "es6" } },
    ],
  },
  maxWorkers: 1,
  // What takes so long hangs: no test expects anything to be fast (test/triton/harness/wait.ts).
  testTimeout: 600_000,
  reporters: [
    "default",
    "<rootDir>/test/shown-rows-reporter.mjs",
    "<rootDir>/test/compatibility-reporter.mjs",
    "<rootDir>/test/closing-line-reporter.mjs",
  ],
};
