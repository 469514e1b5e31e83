import { parentPid, processExists } from "../libc/process.js";

/** Whether the server that launched this process still runs. No locks, no signals: both can be lost. */
export class ParentWatch {
  private readonly serverPid: number;
  private readonly parentAtStart = parentPid();

  constructor(serverPid: number) {
    this.serverPid = serverPid;
  }

  alive(): boolean {
    // A recycled pid or a zombie does not deceive getppid: the orphan gets another parent at once.
    return parentPid() === this.parentAtStart && processExists(this.serverPid);
  }
}
