import { StubError } from "../../errors.js";

export function configSetTooLate(): StubError {
  return new StubError(
    "ERR_GUEST_ARGUMENT",
    "the model calls set_model_config outside of triton_auto_complete: the server accepts a configuration only there",
  );
}
