/**
 * Runs the same part of a test on several releases at once: a server is mostly waited for.
 *
 * @throws Error that names each release on which the part has failed, with its reason
 */
export async function sideBySide(
  releases: readonly string[],
  part: (release: string) => Promise<void>,
): Promise<void> {
  const outcomes = await Promise.allSettled(releases.map(part));
  const failed = outcomes.flatMap((outcome, index) =>
    outcome.status === "fulfilled" ? [] : [{ release: releases[index]!, cause: outcome.reason }],
  );
  if (failed.length === 0) return;
  const reasons = failed.map(({ release, cause }) => `On ${release}: ${cause?.stack ?? cause}`);
  throw new Error(reasons.join("\n\n"));
}
