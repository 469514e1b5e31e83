import { ParentRegion } from "../../support/region/parent-region.js";
import type { Opened } from "./opened.js";

/** Lets our encoder write what was decoded into a region of its own, whose memory is not zero, and our decoder read it. */
export function again({ fixture }: Opened, compare: (own: ParentRegion) => void): void {
  const own = new ParentRegion({ release: fixture.release }).soil();
  own.heap.locked(() => compare(own));
  own.close();
}
