import type { Mapping } from "./mapping.js";
import { FACTORIES_MAX } from "./mapping-table.js";

/** The server's response factories that must be given back after the current batch. The list outlives the executor. */
export class FactoryList {
  private readonly mapping: Mapping;
  private readonly addresses: BigUint64Array;

  constructor(mapping: Mapping) {
    this.mapping = mapping;
    const { buffer, byteOffset, byteLength } = mapping.bytes("factories");
    this.addresses = new BigUint64Array(buffer, byteOffset, byteLength / 8);
  }

  /** @param addresses of the factories in the server; the list drops those beyond {@link FACTORIES_MAX} */
  replace(addresses: readonly bigint[]): void {
    const kept = addresses.filter((address) => address !== 0n).slice(0, FACTORIES_MAX);
    this.mapping.set("factory_count", 0);
    for (const [index, address] of kept.entries()) this.addresses[index] = address;
    this.mapping.set("factory_count", kept.length);
  }

  /** Address of the last factory, which `Journal.expectFactoryGone` removes; undefined when the list is empty. */
  get last(): bigint | undefined {
    const count = Math.min(this.mapping.get("factory_count"), FACTORIES_MAX);
    return count === 0 ? undefined : this.addresses[count - 1];
  }
}
