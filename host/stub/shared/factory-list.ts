import type { Mapping } from "./mapping.js";
import { FACTORIES_MAX } from "./mapping-table.js";

/** The server's response factories that have to be given back after the batch in work: they outlive the executor. */
export class FactoryList {
  private readonly mapping: Mapping;
  private readonly addresses: BigUint64Array;

  constructor(mapping: Mapping) {
    this.mapping = mapping;
    const { buffer, byteOffset, byteLength } = mapping.bytes("factories");
    this.addresses = new BigUint64Array(buffer, byteOffset, byteLength / 8);
  }

  /** @param addresses in the server; those beyond {@link FACTORIES_MAX} are left out */
  replace(addresses: readonly bigint[]): void {
    const kept = addresses.filter((address) => address !== 0n).slice(0, FACTORIES_MAX);
    this.mapping.set("factory_count", 0);
    for (const [index, address] of kept.entries()) this.addresses[index] = address;
    this.mapping.set("factory_count", kept.length);
  }

  /** Address of the last one, which `Journal.giveBackFactory` takes out; undefined when there is none. */
  get last(): bigint | undefined {
    const count = Math.min(this.mapping.get("factory_count"), FACTORIES_MAX);
    return count === 0 ? undefined : this.addresses[count - 1];
  }
}
