import { HOST_CALL_STACK_FRAMES, LIGHT_CALL_STACK_FRAMES } from "../limits.js";
import { ABI_NAMESPACE, LIGHT_IMPORTS, PARAMETER_IMPORTS, UNCARRIED_PARAMETER } from "./abi.js";
import { batchImports, integerParameterImport } from "./batch-imports.js";
import type { Border } from "./border.js";
import { modelImports } from "./model-imports.js";
import type { GuestGate, GuestServices } from "./services.js";

/** The import object of the guest ABI. Every number that comes in is untrusted. */
export function importObject(
  border: Border,
  { model, batch }: GuestServices,
  gate: GuestGate,
): WebAssembly.Imports {
  const functions = {
    ...modelImports(border, model, gate),
    ...batchImports(border, batch),
  };
  const light = new Set(LIGHT_IMPORTS);
  const framesOf = (name: string) =>
    light.has(name) ? LIGHT_CALL_STACK_FRAMES : HOST_CALL_STACK_FRAMES;
  const integer = "response_parameter_int";
  // Asked for with every request by a model like identity, so what has one answer only is not worth a look at the arguments.
  const constant = [
    ...(batch.carriesParameters ? [UNCARRIED_PARAMETER] : PARAMETER_IMPORTS),
    ...(batch.carriesTextCorrelationIds ? [] : ["request_correlation_id_type"]),
  ];
  return {
    [ABI_NAMESPACE]: {
      ...Object.fromEntries(
        Object.entries(functions).map(([name, call]) => [
          name,
          border.guarded(call, framesOf(name)),
        ]),
      ),
      [integer]: border.wide(integerParameterImport(border, batch), framesOf(integer)),
      ...Object.fromEntries(constant.map((name) => [name, () => 0])),
    },
  };
}
