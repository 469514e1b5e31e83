import { type OpenedFile, readOpened } from "../opened-file.js";
import { RELEASE_OF_SERVER_VERSION } from "../wire/layouts/releases.js";
import { NEWEST_RELEASE } from "../wire/supported.js";

/** Any release after the newest known one. */
export const NEWER = "newer";

/**
 * Reads the release from the texts of a server's installation. Containers have such texts; wheels and bare archives do not. A text may be
 * wrong, so it only refines the result of the library's markers (docs/internals/release-detection.md).
 * @param files candidates for `TRITON_VERSION` in the root of the installation
 * @returns `YY.MM`, {@link NEWER}, or undefined when no text names a release
 */
export function namedRelease(files: readonly OpenedFile[]): string | undefined {
  const { NVIDIA_TRITON_SERVER_VERSION, TRITON_SERVER_VERSION } = process.env;
  return (
    releaseOf(NVIDIA_TRITON_SERVER_VERSION) ??
    releaseOfServerVersion(TRITON_SERVER_VERSION) ??
    releaseOfServerVersion(versionText(files))
  );
}

function versionText(files: readonly OpenedFile[]): string | undefined {
  const file = files.find((file) => "fd" in file);
  try {
    return file === undefined ? undefined : readOpened(file.fd).toString();
  } catch {
    return undefined;
  }
}

function releaseOf(text: string | undefined): string | undefined {
  const release = /^(\d\d\.(?:0[1-9]|1[0-2]))(?!\d)/.exec(text?.trim() ?? "")?.[1];
  return release !== undefined && release > NEWEST_RELEASE ? NEWER : release;
}

function releaseOfServerVersion(text: string | undefined): string | undefined {
  const version = /^2\.(\d+)\.\d+/.exec(text?.trim() ?? "");
  if (version === null) return undefined;
  const newest = Math.max(...[...RELEASE_OF_SERVER_VERSION.keys()].map(minorOf));
  if (Number(version[1]) > newest) return NEWER;
  return RELEASE_OF_SERVER_VERSION.get(version[0]);
}

function minorOf(version: string): number {
  return Number(version.split(".")[1]);
}
