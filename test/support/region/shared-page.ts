import { closeSync } from "node:fs";
import { createSharedMemory, unlinkSharedMemory } from "../../../host/libc/shm.js";
import type { Address } from "../../../host/numbers.js";
import { Region } from "../../../host/shm/region.js";

/** Four kilobytes of zeros that other processes can map by name, for mutexes, semaphores and condition variables. */
export class SharedPage {
  readonly name: string;
  readonly region: Region;
  private readonly fd: number;
  private static made = 0;

  constructor() {
    SharedPage.made += 1;
    this.name = `triton_wasm_test_page_${process.pid}_${SharedPage.made}`;
    this.fd = createSharedMemory(this.name, 4096);
    this.region = Region.map(this.fd);
  }

  /** Address in this process, for the functions of host/libc. */
  at(offset: number): Address {
    return (this.region.base + offset) as Address;
  }

  remove(): void {
    unlinkSharedMemory(this.name);
    closeSync(this.fd);
  }
}
