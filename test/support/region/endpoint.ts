import { type OpenedEndpoint, openEndpoint } from "../../../host/stub/open-endpoint.js";
import { Mapping } from "../../../host/stub/shared/mapping.js";
import { Phase } from "../../../host/stub/shared/phase.js";
import { coreModule, type ParentRegion } from "./parent-region.js";

/** The stub's side of the region of a server of this release, in this process and without a guard. */
export function stubEndpoint(
  parent: ParentRegion,
  release: string,
): OpenedEndpoint & { readonly mapping: Mapping } {
  const mapping = Mapping.unshared();
  const { region, growthBytes, controlHandle } = parent;
  const phase = new Phase(mapping, () => {});
  return {
    ...openEndpoint({
      region,
      core: coreModule,
      mapping,
      phase,
      release,
      growthBytes,
      controlHandle,
    }),
    mapping,
  };
}
