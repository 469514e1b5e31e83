/**
 * The server's thread that serves what a stub asks for beside the commands: node side-monitor.mjs REGION RELEASE CONTROL_HANDLE.
 * Says "ready", then the name of each command that it has answered, a clean-up with what it names. It answers without an error; a new
 * family or metric gets an address. With a fourth argument `responses` it also says what each ResponseSend has.
 */
import { broadcastCondition, timedWaitCondition } from "../../../dist/js/host/libc/condition.js";
import { lockMutex, unlockMutex } from "../../../dist/js/host/libc/mutex.js";
import { openSharedMemory } from "../../../dist/js/host/libc/shm.js";
import { objectAt } from "../../../dist/js/host/shm/ownership.js";
import { MessageQueue } from "../../../dist/js/host/shm/queue.js";
import { Region } from "../../../dist/js/host/shm/region.js";
import { queueLayout, readControl } from "../../../dist/js/host/wire/control.js";
import { Dialect } from "../../../dist/js/host/wire/dialect.js";
import { WireReader } from "../../../dist/js/host/wire/reader.js";
import { ResponseRecord } from "../../../dist/js/host/wire/records/response.js";

const HANG_MS = 180_000;
const MUTEX = "the mutex of a record";

const [name, release, controlHandle, shown] = process.argv.slice(2);
const region = Region.map(openSharedMemory(name));
const reader = new WireReader(region);
const dialect = new Dialect(release);
const { layout } = dialect;
const control = readControl(reader, layout, Number(controlHandle));
const queue = new MessageQueue(
  region,
  control.stubToParentQueue,
  queueLayout(layout),
  "side queue",
);
let addresses = 0x1000n;

const nameOf = (command) =>
  Object.keys(layout.commands).find((each) => layout.commands[each] === command);

/** Where mutex, condition and flag of a message are. */
function placesOf(command, message, args) {
  if (command === "LogRequest") return dialect.log.fields.of(args);
  if (command.startsWith("Metric")) return dialect.metrics.fields.of(args);
  if (command === "ResponseSend") return dialect.responseSend.fields.of(args);
  const { response_mutex, response_cond } = layout.structs.IPCMessageShm.fields;
  const part = ([at]) => objectAt(reader.handle(objectAt(message), at));
  return {
    mutexAt: part(response_mutex),
    conditionAt: part(response_cond),
    flagAt: dialect.cleanup.flagOf(args),
  };
}

/** The error of a response. */
function textOf(response) {
  if (response === 0) return "without a response";
  const record = new ResponseRecord();
  dialect.response.decode(reader, response, record);
  return record.error?.message;
}

/** The server's part of the three legs. */
function answer({ mutexAt, conditionAt, flagAt }) {
  const [mutex, condition] = [region.base + mutexAt, region.base + conditionAt];
  lockMutex(mutex, MUTEX);
  region.view.setUint8(flagAt, 1);
  broadcastCondition(condition);
  while (region.view.getUint8(flagAt) !== 0) timedWaitCondition(condition, mutex, HANG_MS);
  unlockMutex(mutex, MUTEX);
}

console.log("ready");
for (;;) {
  const handle = queue.pop(HANG_MS);
  if (handle < 0) continue;
  const message = dialect.message.decode(reader, handle);
  const command = nameOf(message.command);
  if (command.endsWith("New")) {
    const [at] = layout.structs.CustomMetricsMessage.fields.address;
    region.view.setBigUint64(objectAt(message.args) + at, (addresses += 16n), true);
  }
  if (command === "ResponseSend" && shown === "responses") {
    const { isFinal, response } = dialect.responseSend.decode(reader, message.args);
    console.log(`${isFinal ? "last" : "one"} ${textOf(response)}`);
  }
  const what = /Cleanup/.test(command) ? ` ${dialect.cleanup.decode(reader, message.args)}` : "";
  answer(placesOf(command, message.handle, message.args));
  console.log(`${command}${what}`);
}
