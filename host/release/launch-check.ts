import { isAbsolute } from "node:path";
import { wrongRelease } from "./errors.js";

/** From this release on, the name of a region ends in a UUID instead of a counter. */
const RANDOM_NAMES_SINCE = "24.04";
const RANDOM_NAME = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const COUNTED_NAME = /\d$/;
/** The server's first block after its two named objects, in every release (docs/internals/release-detection.md). */
const CONTROL_HANDLE = 336;

/** The arguments of the server's command line that differ between releases. */
export interface CommandLine {
  readonly regionName: string;
  readonly controlHandle: number;
  /** Folder of the Python-based backend, or `DEFAULT`. */
  readonly runtimeFolder: string;
}

/**
 * Compares the command line with what a server of `release` writes there.
 * @throws StubError ERR_RELEASE_UNSUPPORTED with what was expected and what was found
 */
export function requireLaunchOf(release: string, line: CommandLine): void {
  const contradiction = contradictionOf(release, line);
  if (contradiction !== undefined) throw wrongRelease(release, contradiction);
}

function contradictionOf(release: string, line: CommandLine): string | undefined {
  const { regionName, controlHandle, runtimeFolder } = line;
  if (runtimeFolder !== "DEFAULT" && !isAbsolute(runtimeFolder)) {
    return `expected 'DEFAULT' or an absolute path as argument 9, found '${runtimeFolder}'`;
  }
  const random = release >= RANDOM_NAMES_SINCE;
  // A UUID, too, may end in a digit.
  const named =
    RANDOM_NAME.test(regionName) === random && (random || COUNTED_NAME.test(regionName));
  if (!named) {
    return `expected a region whose name ends in a ${random ? "UUID" : "counter"}, found '${regionName}'`;
  }
  return controlHandle === CONTROL_HANDLE
    ? undefined
    : `expected the control block at ${CONTROL_HANDLE}, found ${controlHandle}`;
}
