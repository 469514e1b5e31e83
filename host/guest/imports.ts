import { ABI_NAMESPACE, PARAMETER_IMPORTS, STATUS_OK, UNCARRIED_PARAMETER } from "./abi.js";
import type { Border, HostFunction } from "./border.js";
import { callImports } from "./call-imports.js";
import { inputImports } from "./input-imports.js";
import { modelImports } from "./model-imports.js";
import { outputImports } from "./output-imports.js";
import { requestImports } from "./request-imports.js";
import { responseImports } from "./response-imports.js";
import type { GuestServices } from "./services.js";
import { streamImports } from "./stream-imports.js";
import { WASI_NAMESPACE } from "./wasi/abi.js";
import type { Wasi } from "./wasi/wasi.js";
import { WASI_NN_NAMESPACE } from "./wasi-nn/abi.js";
import type { WasiNn } from "./wasi-nn/wasi-nn.js";

/** Builds the import object for a guest. Every number that the guest passes to these functions is untrusted. */
export function importObject(
  border: Border,
  { model, batch, calls }: GuestServices,
  wasi: Wasi | undefined,
  wasiNn?: WasiNn,
): WebAssembly.Imports {
  const functions: Record<string, HostFunction> = {
    ...modelImports(border, model),
    ...requestImports(border, batch),
    ...inputImports(border, batch),
    ...outputImports(border, batch),
    ...responseImports(border, batch),
    ...streamImports(border, batch),
    ...callImports(border, calls, batch),
  };
  const guard = (calls: Readonly<Record<string, HostFunction>>) =>
    Object.entries(calls).map(([name, call]) => [name, border.guarded(call)]);
  // A model such as identity calls these for every request. They always return 0 here, so their arguments need no checks.
  const constant = [
    ...(batch.carriesParameters ? [UNCARRIED_PARAMETER] : Object.keys(PARAMETER_IMPORTS)),
    ...(batch.carriesTextCorrelationIds ? [] : ["request_correlation_id_type"]),
  ].map((name) => [name, () => STATUS_OK]);
  return {
    [ABI_NAMESPACE]: Object.fromEntries([...guard(functions), ...constant]),
    ...(wasi === undefined ? {} : { [WASI_NAMESPACE]: Object.fromEntries(guard(wasi.functions)) }),
    ...(wasiNn === undefined
      ? {}
      : { [WASI_NN_NAMESPACE]: Object.fromEntries(guard(wasiNn.functions)) }),
  };
}
