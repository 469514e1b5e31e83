import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** How a process ended: exactly one of the two is set. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const running = new Set<Child>();

/** A program run as a process of its own. It speaks in lines: what it is told on stdin, what it says on stdout. */
export class Child {
  readonly process: ChildProcess;
  readonly exit: Promise<Exit>;
  private readonly lines: AsyncIterator<string>;
  private stderr = "";

  constructor(command: string, args: readonly string[]) {
    this.process = spawn(command, args, { stdio: ["pipe", "pipe", "pipe"] });
    // A child that dies while it is spoken to shows in `exit` and `line`, not as a broken pipe here.
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

  /** The next line that it says. @throws Error with its stderr when it ends without one */
  async line(): Promise<string> {
    const { value, done } = await this.lines.next();
    if (!done) return value;
    throw new Error(`the child ended (${JSON.stringify(await this.exit)}): ${this.stderr}`);
  }

  /** Says one line to it and waits for its answer. */
  ask(line: string): Promise<string> {
    this.tell(line);
    return this.line();
  }

  tell(line: string): void {
    this.process.stdin!.write(`${line}\n`);
  }

  /** Ends it from outside and waits until it is gone. */
  async kill(signal: NodeJS.Signals = "SIGKILL"): Promise<Exit> {
    this.process.kill(signal);
    return this.exit;
  }
}

/** Starts a fixture program: a .mjs file, on the compiled host code in dist/js. */
export function startChild(program: URL, ...args: readonly (string | number)[]): Child {
  return new Child(process.execPath, [fileURLToPath(program), ...args.map(String)]);
}

/** For afterEach: no child outlives its test. */
export async function endChildren(): Promise<void> {
  await Promise.all([...running].map((child) => child.kill()));
}
