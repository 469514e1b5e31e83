import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { projectFolder } from "../../support/paths.js";
import type { ModelRepository } from "../../support/triton/repository.js";

const FOLDER = join(projectFolder(), "test/fixtures/identity");

/** Names of the model configurations that NVIDIA's QA uses the identity backend with. */
export const FIXTURES: readonly string[] = readdirSync(FOLDER).sort();

/** Text of the fixture's config.pbtxt. */
export function fixtureConfig(fixture: string): string {
  return readFileSync(join(FOLDER, fixture, "config.pbtxt"), "utf8");
}

/**
 * Adds a fixture to the repository, with an empty version folder.
 * @param edit changes the configuration, for example by {@link withParameter}
 * @param name of the model; default: the fixture's
 */
export function addFixture(
  repository: ModelRepository,
  fixture: string,
  edit: (config: string) => string = (config) => config,
  name = fixture,
): void {
  repository.add(name, edit(fixtureConfig(fixture)));
}

/** Gives a parameter of the configuration another value. Throws when the configuration does not have it. */
export function withParameter(key: string, value: string | number): (config: string) => string {
  const line = new RegExp(`(key: "${key}" value \\{ string_value: )"[^"]*"`);
  return (config) => {
    if (!line.test(config)) throw new Error(`The fixture has no parameter ${key}.`);
    return config.replace(line, `$1"${value}"`);
  };
}
