/**
 * Three test files at a time, also on two cores: real servers are mostly waited for. Each has ports, regions and folders of its own, and no test expects
 * anything to be fast (test/support/wait.ts).
 */
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
  maxWorkers: 3,
  // Modules of the tests before are never collected (nodejs/node#33439): a fresh worker is faster than one whose heap is full of them.
  workerIdleMemoryLimit: "1GB",
  // What takes so long hangs.
  testTimeout: 600_000,
  testSequencer: "<rootDir>/test/support/jest/sequencer.mjs",
  reporters: [
    "default",
    "<rootDir>/test/support/jest/compatibility-reporter.mjs",
    "<rootDir>/test/support/jest/closing-line-reporter.mjs",
  ],
};
