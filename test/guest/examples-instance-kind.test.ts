import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { GuestInstance } from "../../host/guest/instance.js";
import { compileGuestModule } from "../../host/guest/module.js";
import { projectFolder } from "../support/paths.js";
import { CAPS } from "../support/wasm/assemble.js";
import { TableServices } from "../support/wasm/table-services.js";

const MODULE = compileGuestModule(
  readFileSync(join(projectFolder(), "examples/python_backend/resnet50/1/model.wasm")),
  CAPS,
);

// No server without a GPU passes the kind GPU to a model: this test takes the server's place.
test.each([
  ["CPU", 0, undefined],
  ["MODEL", 0, undefined],
  ["GPU", 1, "a model in WebAssembly cannot use a GPU: set KIND_CPU"],
])(
  "the example resnet50 in an instance of kind %s returns %d, with the failure %p",
  (kind, status, failure) => {
    const services = new TableServices([], {
      arguments: { model_instance_kind: kind, model_instance_name: "one_0" },
    });
    const instance = new GuestInstance(MODULE, services);
    expect(instance.call("triton_initialize")).toBe(status);
    expect(instance.failure).toBe(failure);
  },
);
