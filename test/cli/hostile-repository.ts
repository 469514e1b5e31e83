import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { floatConfig, type ModelRepository, parameter } from "../support/triton/repository.js";
import { assemble, COPY_ALL, guest } from "../support/wasm/guests.js";

export const GOOD = guest(`${COPY_ALL} (i32.const 0)`);
const NO_EXECUTE = assemble('(module (memory (export "memory") 1))');
const WASM = floatConfig("wasm");
const ELF = Buffer.concat([Buffer.from("\x7fELF", "latin1"), Buffer.alloc(60)]);

/** A model of which `check` has to say this, and nothing else. */
export interface HostileModel {
  /** What stands in front of the finding's sentence. */
  readonly severity: "unsafe" | "unknown" | "refused" | "costly";
  readonly words: RegExp;
  /** Text of config.pbtxt; none when it is missing. Default: a plain one. */
  readonly config?: string | undefined;
  /** Default: a plain one. */
  readonly module?: Uint8Array | undefined;
  /** Makes what else the model's folder has. */
  readonly make?: (folder: string) => void;
}

const unsafe = (words: RegExp, config: string, more: Partial<HostileModel> = {}): HostileModel => ({
  severity: "unsafe",
  words,
  config,
  ...more,
});
const unsafeFile = (words: RegExp, make: (folder: string) => void): HostileModel =>
  unsafe(words, WASM, { make });
const refused = (words: RegExp, config: string, module?: Uint8Array): HostileModel => ({
  severity: "refused",
  words,
  config,
  ...(module === undefined ? {} : { module }),
});

/** By the name of the model's folder. */
export const HOSTILE: Readonly<Record<string, HostileModel>> = {
  environment: unsafe(
    /its EXECUTION_ENV_PATH is 'env\.tar\.gz': the server runs bin\/activate/,
    floatConfig("wasm", parameter("EXECUTION_ENV_PATH", "env.tar.gz")),
  ),
  file_shell: unsafe(
    /its default_model_filename is '\$\(id\)': .* a shell, which interprets "\$" "\(" "\)"/,
    floatConfig("identity", `default_model_filename: "$(id)"`),
  ),
  group_shell: unsafe(
    /its instance_group\.name is 'a;b': .* which interprets ";"/,
    floatConfig("wasm", `instance_group { name: 'a' ";b" }`),
  ),
  name_shell: unsafe(/its name is 'x\|y'/, `name: "x|y" ${WASM}`),
  folder$x: unsafe(/the name 'folder\$x' contains "\$"/, WASM),
  "with blank": unsafe(/the name 'with blank' contains " "/, WASM),
  file_blank: unsafe(
    /its default_model_filename is 'a b': .* splits it at the blank/,
    floatConfig("identity", `default_model_filename: "a b"`),
  ),
  group_blank: unsafe(
    /its instance_group\.name is 'a b': .* splits it at the blank/,
    floatConfig("wasm", `instance_group { name: "a b" }`),
  ),
  odd_file: unsafeFile(/the name 'odd_file\/1\/a;b' contains ";"/, (folder) =>
    writeFileSync(join(folder, "1/a;b"), ""),
  ),
  python: unsafe(/its backend is 'python', .*its model\.py runs/, floatConfig("python")),
  other: unsafe(/its backend is '\.\.\/x', which runs outside/, floatConfig("../x")),
  platform: unsafe(/its platform is 'onnxruntime_onnx'/, 'platform: "onnxruntime_onnx"'),
  guessed_python: unsafe(/its backend is 'python'/, "", {
    make: (folder) => writeFileSync(join(folder, "1/model.py"), ""),
  }),
  guessed_file: unsafe(/its backend is 'pytorch'/, 'default_model_filename: "model.pt"'),
  "model.onnxruntime": unsafe(/its backend is 'onnxruntime'/, "", { config: undefined }),
  runtime: unsafe(/its runtime is '\.\.\/evil\.so', a library/, `${WASM} runtime: "../evil.so"`),
  agents: unsafe(
    /model_repository_agents name the agent 'evil'/,
    `${WASM} model_repository_agents { agents [ { name: "evil" } ] }`,
  ),
  operations: unsafe(
    /its model_operations name the library '\/evil\.so'/,
    `${WASM} model_operations { op_library_filename: ["/evil.so"] }`,
  ),
  elsewhere: unsafe(
    /its cc_model_filenames is '\.\.\/\.\.\/x', a file outside/,
    `${WASM} cc_model_filenames { key: "7.5" value: "../../x" }`,
  ),
  labels: unsafe(
    /its label_filename is '\/etc\/passwd', a file outside/,
    WASM.replace('name: "OUTPUT0"', 'name: "OUTPUT0" label_filename: "/etc/passwd"'),
  ),
  candidates: unsafe(
    /its max_candidate_sequences is 2000000000, above 65536/,
    `${WASM} sequence_batching { oldest { max_candidate_sequences: 2000000000 } }`,
  ),
  stub: unsafeFile(/a program that the server starts instead of this backend/, (folder) =>
    writeFileSync(join(folder, "triton_python_backend_stub"), "#!/bin/sh\n"),
  ),
  library: unsafeFile(/'library\/1\/libtriton_wasm\.so' is machine code/, (folder) =>
    writeFileSync(join(folder, "1/libtriton_wasm.so"), "not even ELF"),
  ),
  elf: unsafeFile(/'elf\/deep\/down\/notes\.txt' is machine code/, (folder) => {
    mkdirSync(join(folder, "deep/down"), { recursive: true });
    writeFileSync(join(folder, "deep/down/notes.txt"), ELF);
  }),
  link_out: unsafeFile(/'link_out\/1\/notes' is a link to '\/usr', outside/, (folder) =>
    symlinkSync("/usr", join(folder, "1/notes")),
  ),
  link_nowhere: unsafeFile(
    /is a link to 'not\/there', which does not lead to an existing file/,
    (folder) => symlinkSync("not/there", join(folder, "notes")),
  ),
  link_round: unsafeFile(
    /is a link to 'round', which does not lead to an existing file/,
    (folder) => symlinkSync("round", join(folder, "round")),
  ),
  pipe: unsafeFile(/'pipe\/1\/notes' is a device, a pipe or a socket/, (folder) => {
    execFileSync("mkfifo", [join(folder, "1/notes")]);
  }),
  setuid: unsafeFile(/runs with the rights of its owner or group/, (folder) => {
    writeFileSync(join(folder, "tool"), "");
    chmodSync(join(folder, "tool"), 0o4755);
  }),
  configs: unsafeFile(/configs\/gpu\.pbtxt: its backend is 'python'/, (folder) => {
    mkdirSync(join(folder, "configs"));
    writeFileSync(join(folder, "configs/gpu.pbtxt"), floatConfig("python"));
  }),
  field: { severity: "unknown", words: /cannot be .*unknown field 'evil'.*/, config: "evil: 1" },
  twice: {
    severity: "unknown",
    words: /cannot be .*multiple values/,
    config: 'backend: "wasm" backend: "wasm"',
  },
  no_text: { severity: "unknown", words: /cannot be parsed/, config: "{" },
  no_backend: refused(/its configuration does not name a backend/, "max_batch_size: 0"),
  misspelt: refused(
    /parameter Wasm_Failures_Max does not exist, did you mean wasm_failures_max/,
    floatConfig("wasm", parameter("Wasm_Failures_Max", "5")),
  ),
  greedy: refused(
    /wasm_memory_max_bytes is '4294967296': the operator .* at most 1073741824/,
    floatConfig("wasm", parameter("wasm_memory_max_bytes", "4294967296")),
  ),
  no_count: refused(/instance_group\.count/, floatConfig("wasm", "instance_group { count: -1 }")),
  no_execute: refused(/lacks the export 'triton_execute'/, WASM, NO_EXECUTE),
  no_module: refused(/not a WebAssembly module/, WASM, Buffer.from("#!/usr/bin/python\n")),
  large: refused(
    /bytes, above the limit of 8 \(wasm_module_max_bytes\)/,
    floatConfig("wasm", parameter("wasm_module_max_bytes", "8")),
  ),
  instances: {
    severity: "costly",
    words: /its 8 instances may use 4\.0 GiB of memory in total, 536870912 bytes each/,
    config: floatConfig(
      "wasm",
      `instance_group [ { count: 5 }, { count: 3 } ] ${parameter("wasm_memory_max_bytes", "536870912")}`,
    ),
  },
  versions: {
    severity: "costly",
    words: /its 2 instances may use 2\.0 GiB of memory in total/,
    config: floatConfig("wasm", "version_policy { all {} }"),
    make: (folder) => {
      mkdirSync(join(folder, "2"));
      writeFileSync(join(folder, "2/model.wasm"), GOOD);
    },
  },
  warmup: {
    severity: "costly",
    words: /its model_warmup sends 9 requests to each instance at every load, .* reads 'data'/,
    config: floatConfig(
      "wasm",
      'model_warmup { count: 9 inputs { key: "INPUT0" value { input_data_file: "data" } } }',
    ),
  },
};

/** Fills a repository with all of them. */
export function addHostile(repository: ModelRepository): void {
  for (const [name, model] of Object.entries(HOSTILE)) {
    const config = "config" in model ? model.config : WASM;
    const folder = join(repository.folder, name);
    mkdirSync(join(folder, "1"), { recursive: true });
    if (config !== undefined) writeFileSync(join(folder, "config.pbtxt"), config);
    if (!/default_model_filename/.test(config ?? "")) {
      writeFileSync(join(folder, "1/model.wasm"), model.module ?? GOOD);
    }
    model.make?.(folder);
  }
}
