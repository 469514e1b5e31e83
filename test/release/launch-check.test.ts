import { requireLaunchOf } from "../../host/release/launch-check.js";

const COUNTED = "triton_wasm_backend_shm_region_12";
const RANDOM = "my_prefix_0b6ff0c3-39bd-4a5c-8b35-1d4f3a1f8d19";
const RANDOM_ENDING_IN_A_LETTER = "my_prefix_e85ca231-e9ed-469d-8404-d23fb948e43a";

interface Launch {
  readonly region: string;
  readonly control?: number;
  readonly runtime?: string;
}

function launch(release: string, { region, control = 336, runtime = "/backends/wasm" }: Launch) {
  const line = { regionName: region, controlHandle: control, runtimeFolder: runtime };
  return () => requireLaunchOf(release, line);
}

test.each(["23.10", "23.12", "24.03"])("%s names its regions with a counter", (release) => {
  expect(launch(release, { region: COUNTED })).not.toThrow();
  for (const region of [RANDOM, RANDOM_ENDING_IN_A_LETTER]) {
    expect(launch(release, { region })).toThrow(
      `this server does not match Triton ${release}: expected a region whose name ends in a counter, found '${region}'`,
    );
  }
  expect(launch(release, { region: "region" })).toThrow("ends in a counter, found 'region'");
});

test.each(["24.04", "24.10", "26.07"])("%s names its regions with a UUID", (release) => {
  expect(launch(release, { region: RANDOM })).not.toThrow();
  expect(launch(release, { region: RANDOM_ENDING_IN_A_LETTER })).not.toThrow();
  expect(launch(release, { region: COUNTED })).toThrow(
    `expected a region whose name ends in a UUID, found '${COUNTED}'`,
  );
});

test("argument 9 is a folder or DEFAULT; before 23.10 it was a platform", () => {
  expect(launch("23.10", { region: COUNTED, runtime: "DEFAULT" })).not.toThrow();
  expect(launch("23.10", { region: COUNTED, runtime: "NONE" })).toThrow(
    "expected 'DEFAULT' or an absolute path as argument 9, found 'NONE'",
  );
});

test("the control block is at the offset of all releases", () => {
  expect(launch("24.10", { region: RANDOM, control: 352 })).toThrow(
    expect.objectContaining({
      code: "ERR_RELEASE_UNSUPPORTED",
      message: expect.stringContaining(
        "expected the control block at 336, found 352. Nothing was written",
      ),
    }),
  );
});
