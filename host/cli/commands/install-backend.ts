import { installBackend } from "../install/install-backend.js";
import { EXIT } from "../usage.js";
import type { Command } from "./command.js";

export const INSTALL_BACKEND: Command = {
  options: [],
  argument: "DIRECTORY",
  run: (directory) => {
    for (const folder of installBackend(directory)) process.stdout.write(`${folder}\n`);
    return EXIT.done;
  },
};
