import { parseArgs } from "node:util";
import { messageOf } from "../../host/errors.js";
import { type FuzzTarget, fuzz } from "./target.js";
import { TARGETS } from "./targets.js";

const HELP = `Tries a parser with hostile bytes until there were enough of them, the time is over, or a property does not hold.

  --target NAME   of ${TARGETS.map(({ name }) => name).join(", ")}
  --cases N       how many (default: as many as the time allows)
  --seconds N     how long (default: 60, or without end if --cases is given)
  --seed N        number of the first case (default: from the clock)
  --input BASE64  only this input, as a failure shows it
  --help          print this
`;

function main(): void {
  const { values } = parseArgs({
    options: {
      target: { type: "string" },
      cases: { type: "string" },
      seconds: { type: "string" },
      seed: { type: "string", default: String(Math.floor(Date.now() / 1_000)) },
      input: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return;
  }
  const target = targetNamed(values.target);
  if (values.input !== undefined) {
    console.log(target.check(new Uint8Array(Buffer.from(values.input, "base64"))));
    return;
  }
  const run = {
    seed: wholeNumber("seed", values.seed),
    ...limits(values),
  };
  console.log(`${target.name} from seed ${run.seed} on, Node ${process.versions.node}`);
  for (const [outcome, times] of [...fuzz(target, run)].sort(([, one], [, other]) => other - one)) {
    console.log(`${String(times).padStart(10)} ${outcome}`);
  }
}

function targetNamed(name: string | undefined): FuzzTarget {
  const target = TARGETS.find((known) => known.name === name);
  if (target === undefined) throw new TypeError(`there is no target '${name ?? ""}'\n\n${HELP}`);
  return target;
}

function limits({ cases, seconds }: { readonly cases?: string; readonly seconds?: string }) {
  return {
    ...(cases === undefined ? {} : { cases: wholeNumber("cases", cases) }),
    ...(cases !== undefined && seconds === undefined
      ? {}
      : { seconds: wholeNumber("seconds", seconds ?? "60") }),
  };
}

function wholeNumber(option: string, text: string): number {
  if (/^\d{1,10}$/.test(text)) return Number(text);
  throw new TypeError(`--${option} is '${text}': it must be a whole number`);
}

try {
  main();
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 1;
}
