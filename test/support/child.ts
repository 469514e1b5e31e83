import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** How a process ended: exactly one of the two is set. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const running = new Set<Child>();

/** A child process. Parent and child exchange lines over its stdin and stdout. */
export class Child {
  readonly process: ChildProcess;
  readonly exit: Promise<Exit>;
  private readonly lines: AsyncIterator<string>;
  private stderr = "";

  constructor(command: string, args: readonly string[]) {
    this.process = spawn(command, args, { stdio: ["pipe", "pipe", "pipe"] });
    // The death of a child during a write is reported by `exit` and `line`, and not as a broken pipe here.
    this.process.stdin!.on("error", () => {});
    this.process.stderr!.setEncoding("utf8").on("data", (text: string) => {
      this.stderr += text;
    });
    this.lines = createInterface({ input: this.process.stdout! })[Symbol.asyncIterator]();
    this.exit = new Promise((resolve) => {
      this.process.once("close", (code, signal) => {
        running.delete(this);
        resolve({ code, signal });
      });
    });
    running.add(this);
  }

  get pid(): number {
    return this.process.pid!;
  }

  /**
   * Waits for the next line of its stdout.
   * @throws Error with its stderr when it ends without one
   */
  async line(): Promise<string> {
    const { value, done } = await this.lines.next();
    if (!done) return value;
    throw new Error(`the child ended (${JSON.stringify(await this.exit)}): ${this.stderr}`);
  }

  /** Sends a line, and waits for the answer. */
  ask(line: string): Promise<string> {
    this.tell(line);
    return this.line();
  }

  tell(line: string): void {
    this.process.stdin!.write(`${line}\n`);
  }

  /** Kills the child, and waits for its end. */
  async kill(signal: NodeJS.Signals = "SIGKILL"): Promise<Exit> {
    this.process.kill(signal);
    return this.exit;
  }
}

/** Starts a fixture program: a .mjs file, on the compiled host code in dist/js. */
export function startChild(program: URL, ...args: readonly (string | number)[]): Child {
  return new Child(process.execPath, [fileURLToPath(program), ...args.map(String)]);
}

/** Call it in afterEach, so that no child outlives its test. */
export async function endChildren(): Promise<void> {
  await Promise.all([...running].map((child) => child.kill()));
}
