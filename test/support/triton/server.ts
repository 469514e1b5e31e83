import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { closeSync, openSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findProcesses, isRunning, type ProcessInfo } from "../processes.js";
import { pythonEnvironment, pythonStub } from "../python/environment.js";
import { lastLines } from "../run.js";
import { HANG_MS, until } from "../wait.js";
import { tritonInstallation } from "./artifacts.js";
import { type BackendSource, makeBackendDirectory } from "./backend-directory.js";
import { GrpcClient } from "./grpc-client.js";
import { guardAgainstOurDeath } from "./guard.js";
import { HttpClient } from "./http-client.js";
import { pathWithoutBlank } from "./path-without-blank.js";
import { freePorts } from "./ports.js";
import {
  type CommandOptions,
  type ServerPorts,
  serverArguments,
  serverEnvironment,
} from "./server-command.js";

const PORT_ATTEMPTS = 5;
const SHM = "/dev/shm";

export interface TritonServerOptions extends CommandOptions {
  /** Default: 23.12. */
  readonly release?: string;
  /** Backend folders to install beside the server's own python backend. */
  readonly backends?: readonly BackendSource[];
  /** Installs NVIDIA's own stub for the Python of the test environment, so that `backend: "python"` works. */
  readonly python?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  /** A command that becomes the server, whose own is put behind it: namespaces.ts. */
  readonly within?: readonly string[];
  /** A file in the place of standard error, which otherwise goes to the log. */
  readonly errorOutput?: string;
  /** What `start` waits for. `live` when models may fail to load; default `ready`. */
  readonly waitFor?: "ready" | "live";
}

/** How the server's process ended. One of the two is undefined. */
export interface ServerExit {
  readonly code: number | undefined;
  readonly signal: NodeJS.Signals | undefined;
}

/** The end of a server, and what was left of it before the harness cleaned up. */
export interface StopReport extends ServerExit {
  readonly durationMs: number;
  readonly leftRegions: readonly string[];
  readonly leftStubs: readonly ProcessInfo[];
}

/** An unmodified tritonserver, with a backend directory, region names and ports of its own. */
export class TritonServer {
  readonly http: HttpClient;
  readonly grpc: GrpcClient;
  readonly pid: number;
  /** Settles when the process has ended, for whatever reason. */
  readonly exited: Promise<ServerExit>;
  #exit: ServerExit | undefined;
  #sharedMemory: number | undefined;
  #finalLog: string | undefined;
  readonly #dismissGuard: () => void;

  private constructor(
    private readonly child: ChildProcess,
    readonly ports: ServerPorts,
    /** Temporary folder of this server: `backends/` and `server.log`. */
    readonly folder: string,
    readonly regionPrefix: string,
  ) {
    this.pid = child.pid ?? 0;
    this.#dismissGuard = guardAgainstOurDeath(regionPrefix, folder);
    this.http = new HttpClient(
      `http://127.0.0.1:${ports.http}`,
      `http://127.0.0.1:${ports.metrics}`,
    );
    this.grpc = new GrpcClient(`127.0.0.1:${ports.grpc}`);
    this.exited = new Promise((resolve) => {
      const settle = (exit: ServerExit) => {
        this.#exit = exit;
        resolve(exit);
      };
      child.once("error", () => settle({ code: 127, signal: undefined }));
      child.once("exit", (code, signal) =>
        settle({ code: code ?? undefined, signal: signal ?? undefined }),
      );
    });
  }

  /** Starts a server and waits until it is ready. Throws an Error with the log's tail when it ends or takes too long. */
  static async start(options: TritonServerOptions): Promise<TritonServer> {
    const installation = await tritonInstallation(options.release);
    const python = options.python === true ? await pythonEnvironment() : undefined;
    const stub = python === undefined ? undefined : pythonStub(installation, python);
    const env = serverEnvironment(installation, python, options.env ?? {});
    for (let attempt = 1; ; attempt++) {
      const folder = await mkdtemp(join(tmpdir(), "tritonserver-"));
      const backends = join(folder, "backends");
      const prefix = `twb_${process.pid}_${randomBytes(4).toString("hex")}_`;
      let server: TritonServer | undefined;
      try {
        await makeBackendDirectory(backends, installation, options.backends ?? [], stub);
        const [http = 0, grpc = 0, metrics = 0] = await freePorts(3);
        const ports = { http, grpc, metrics };
        const modelRepository = [options.modelRepository]
          .flat()
          .map((path, index) => pathWithoutBlank(path, join(folder, `repository-${index}`)));
        const args = serverArguments({ ...options, modelRepository }, ports, backends, prefix);
        args.unshift(...(options.within ?? []), installation.binary);
        server = TritonServer.#spawn(args, env, ports, folder, prefix, options.errorOutput);
        await server.#answering(options);
        return server;
      } catch (error) {
        const portTaken = /already in use/i.test(server?.log() ?? "");
        await server?.dispose();
        await rm(folder, { recursive: true, force: true });
        if (!portTaken || attempt === PORT_ATTEMPTS) throw error;
      }
    }
  }

  static #spawn(
    [program = "", ...args]: readonly string[],
    env: NodeJS.ProcessEnv,
    ports: ServerPorts,
    folder: string,
    prefix: string,
    errorOutput: string | undefined,
  ): TritonServer {
    // A file, not a pipe: stubs inherit it, so a pipe would outlive the server and could fill up.
    const log = openSync(join(folder, "server.log"), "a");
    const errors = errorOutput === undefined ? log : openSync(errorOutput, "w");
    const child = spawn(program, args, { cwd: folder, env, stdio: ["ignore", log, errors] });
    closeSync(log);
    if (errors !== log) closeSync(errors);
    return new TritonServer(child, ports, folder, prefix);
  }

  async #answering(options: TritonServerOptions): Promise<void> {
    const want = options.waitFor ?? "ready";
    let failure = `is not ${want} after ${HANG_MS} ms`;
    try {
      await until(`a ${want} server`, async () => {
        if (this.#exit !== undefined) {
          failure = `ended with ${this.#exit.signal ?? `code ${this.#exit.code}`} while it started`;
          throw new Error(failure);
        }
        return want === "live" ? await this.http.live() : await this.http.ready();
      });
      // Another server may sit on the port that was found free a moment ago.
      const name = (await this.http.serverMetadata()).name;
      if (name !== this.regionPrefix) {
        failure = `has its port already in use by another server (${name})`;
        throw new Error(failure);
      }
      this.#sharedMemory = openSync(`/proc/${this.pid}/root${SHM}`, "r");
      // The metrics service starts last, after the server is ready. One whose port is taken does not stop the server.
      if (options.metrics ?? true) {
        await until("the metrics service", async () => {
          if (/failed to start Metrics service/.test(this.log())) {
            failure = "has no metrics service";
            throw new Error(failure);
          }
          return this.http.metricsServed();
        });
      }
    } catch (cause) {
      // Without the tables of options and models, which fill the screen and tell nothing.
      const tail = lastLines(this.log().replace(/^[+|].*\n/gm, ""), 25);
      throw new Error(`tritonserver ${failure}; the end of its log:\n${tail}`, { cause });
    }
  }

  /** Everything that the server and its stubs have printed. */
  log(): string {
    return this.#finalLog ?? readFileSync(join(this.folder, "server.log"), "utf8");
  }

  /** Waits until the log (from the character `from` on) matches. */
  async waitForLog(pattern: RegExp, from = 0): Promise<RegExpExecArray> {
    const search = new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ""));
    return until(`${pattern} in the server's log`, () => search.exec(this.log().slice(from)));
  }

  /** The server's direct child processes, zombies too. */
  children(): ProcessInfo[] {
    return findProcesses((candidate) => candidate.parent === this.pid);
  }

  /** Stubs started by this server, known by the region name in their arguments; also after the server's death. */
  stubs(): ProcessInfo[] {
    const named = findProcesses((candidate) =>
      candidate.commandLine.some((word) => word.startsWith(this.regionPrefix)),
    );
    // A process that a guard has just created has the guard's command line until it runs Node.
    return named.filter(({ parent }) => !named.some(({ pid }) => pid === parent));
  }

  stubPids(): number[] {
    return this.stubs().map((stub) => stub.pid);
  }

  /** The folder that the server has as /dev/shm; it can be read when the server has ended, too. */
  get sharedMemory(): string {
    return this.#sharedMemory === undefined ? SHM : `/proc/self/fd/${this.#sharedMemory}`;
  }

  /** Names (in /dev/shm) of this server's regions. */
  regions(): string[] {
    return readdirSync(this.sharedMemory).filter((name) => name.startsWith(this.regionPrefix));
  }

  /** Ends the server by SIGTERM, waits, reports and removes everything temporary. */
  async stop(): Promise<StopReport> {
    // From 24.04 on, the server waits up to 30 s for its clients to close their connections.
    this.http.closeIdle();
    const begin = Date.now();
    if (this.#exit === undefined) this.child.kill("SIGTERM");
    const timer = setTimeout(() => this.child.kill("SIGKILL"), HANG_MS);
    const exit = await this.exited;
    clearTimeout(timer);
    const durationMs = Date.now() - begin;
    const report = { ...exit, durationMs, leftRegions: this.regions(), leftStubs: this.stubs() };
    await this.dispose();
    return report;
  }

  /** Ends the server by SIGKILL. Stubs and regions stay as they are: look at them, then call `dispose`. */
  async kill(): Promise<ServerExit> {
    if (this.#exit === undefined) this.child.kill("SIGKILL");
    return this.exited;
  }

  /** Removes all traces, by force where needed. Safe to call twice. */
  async dispose(): Promise<void> {
    await this.kill();
    this.http.close();
    this.grpc.close();
    for (const stub of this.stubs()) if (isRunning(stub.pid)) process.kill(stub.pid, "SIGKILL");
    for (const region of this.regions()) rmSync(join(this.sharedMemory, region), { force: true });
    if (this.#sharedMemory !== undefined) closeSync(this.#sharedMemory);
    this.#sharedMemory = undefined;
    this.#finalLog ??= this.log();
    rmSync(this.folder, { recursive: true, force: true });
    this.#dismissGuard();
  }
}
