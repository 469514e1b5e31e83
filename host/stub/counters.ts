import { messageOf, StubError } from "../errors.js";
import { printable } from "../guest/text.js";
import { COUNTERS_MAX } from "../limits.js";
import type { InstanceArguments } from "../wire/initialize.js";
import type { Connection } from "./connection.js";
import type { CounterAddresses, CounterKey, CounterRegistry } from "./counter-registry.js";
import { Exchange } from "./exchange.js";

/** Families of the server itself: adding to one would falsify its statistics, deleting it take them away. */
const RESERVED_PREFIX = "nv_";
/** What Prometheus takes as a metric's name, and no longer than anybody needs. */
const NAME_MAX_LENGTH = 256;
const VALID_NAME = new RegExp(`^[a-zA-Z_:][a-zA-Z0-9_:]{0,${NAME_MAX_LENGTH - 1}}$`);

/** A counter that the server has made for us: structured-cloneable, it outlives the executor that asked for it. */
export interface Counter extends CounterKey, CounterAddresses {
  readonly help: string;
  /** Handles of what {@link Counters.flush} sends again and again: the metric's block, the record around it, its message. */
  readonly block: number;
  readonly args: number;
  readonly request: number;
}

/** A counter that the server does not know of yet. */
interface HeldCounter extends CounterKey {
  readonly help: string;
}

/**
 * The model's counters. What a batch adds is sent as one message per counter before its responses, and acknowledged
 * after them: nobody waits for the server's metrics. The messages are made once, so counting allocates nothing.
 */
export class Counters {
  private readonly connection: Connection;
  private readonly registry: CounterRegistry;
  private readonly counters: (Counter | HeldCounter)[];
  private readonly exchanges: (Exchange | undefined)[];
  private readonly added: number[];
  private readonly onNew: (counter: Counter) => void;
  private readonly onRefusal: (message: string) => void;
  private held: boolean;

  /**
   * @param counters those that an earlier executor has made
   * @param onNew told of each counter that comes into being
   * @param onRefusal told when the server has not done what a counter needs
   * @param held whether the server must not be told of new counters before {@link makeHeld}
   */
  constructor(
    connection: Connection,
    registry: CounterRegistry,
    counters: readonly Counter[],
    onNew: (counter: Counter) => void,
    onRefusal: (message: string) => void,
    held: boolean,
  ) {
    this.connection = connection;
    this.registry = registry;
    this.counters = [...counters];
    this.exchanges = counters.map((counter) => this.exchangeOf(counter));
    this.added = counters.map(() => 0);
    this.onNew = onNew;
    this.onRefusal = onRefusal;
    this.held = held;
  }

  get count(): number {
    return this.counters.length;
  }

  add(index: number, by: number): void {
    this.added[index] = Math.min(this.added[index]! + by, Number.MAX_VALUE);
  }

  /**
   * The counter of this name, made if there is none yet; all instances of a model version share it.
   * @returns its index
   * @throws StubError ERR_GUEST_ARGUMENT with the server's reason when it refuses the name
   */
  open(name: string, help: string, instance: InstanceArguments): number {
    const known = this.counters.findIndex((counter) => counter.name === name);
    if (known >= 0) return known;
    if (!VALID_NAME.test(name)) {
      throw refused(
        printable(name.slice(0, NAME_MAX_LENGTH)),
        `a metric's name is a letter, _ or :, and up to ${NAME_MAX_LENGTH} of these or digits`,
      );
    }
    if (name.startsWith(RESERVED_PREFIX)) {
      throw refused(name, `names that begin with ${RESERVED_PREFIX} belong to the server`);
    }
    if (this.counters.length >= COUNTERS_MAX) {
      throw refused(name, `a model has at most ${COUNTERS_MAX}`);
    }
    const counter = { name, model: instance.modelName, version: instance.version, help };
    if (!this.held) return this.put(this.count, this.make(counter));
    this.added.push(0);
    return this.counters.push(counter) - 1;
  }

  /** Tells the server of the counters that were held back, and of later ones at once. */
  makeHeld(): void {
    this.held = false;
    for (const [index, counter] of this.counters.entries()) {
      if ("request" in counter) continue;
      try {
        this.put(index, this.make(counter));
      } catch (error) {
        this.onRefusal(messageOf(error));
      }
    }
  }

  /** Sends what has been added since the last time. The server's acknowledgement is waited for by `ExchangeChannel.settle`. */
  flush(): void {
    const { heap, side, dialect, reader } = this.connection;
    for (const [index, counter] of this.counters.entries()) {
      const by = this.added[index]!;
      const exchange = this.exchanges[index];
      if (by === 0 || exchange === undefined || !("request" in counter)) continue;
      this.added[index] = 0;
      dialect.customMetrics.setOperand(heap, counter.block, by);
      dialect.customMetrics.clearError(heap, counter.args);
      side.begin(exchange, () => {
        const error = dialect.customMetrics.readError(reader, counter.args);
        if (error !== undefined) {
          this.onRefusal(`counter '${counter.name}' has not grown by ${by}: ${error}`);
        }
      });
    }
  }

  /** Gives all counters up; the last instance takes them from the server, which otherwise keeps them until it ends. */
  closeAll(): void {
    for (const counter of this.counters.splice(0)) {
      if (!("request" in counter)) continue;
      try {
        this.registry.release(counter, () => this.destroy(counter));
      } catch (error) {
        this.onRefusal(messageOf(error));
      }
    }
  }

  private make({ help, ...key }: HeldCounter): Counter {
    const labels = JSON.stringify({ model: key.model, version: key.version });
    const addresses = this.registry.acquire(key, () => this.create(key.name, help, labels));
    return { ...key, help, ...addresses, ...this.makeMessage(labels, addresses) };
  }

  private put(index: number, counter: Counter): number {
    this.counters[index] = counter;
    this.exchanges[index] = this.exchangeOf(counter).prepare();
    this.added[index] ??= 0;
    this.onNew(counter);
    return index;
  }

  private create(name: string, help: string, labels: string): CounterAddresses {
    const { heap, dialect } = this.connection;
    const { customMetrics, commands } = dialect;
    const family = this.request(name, commands.metricFamilyNew, () =>
      customMetrics.encodeFamilyLocked(heap, name, help, 0n),
    );
    try {
      const metric = this.request(name, commands.metricNew, () =>
        customMetrics.encodeMetricLocked(heap, { labels, family, metric: 0n }),
      );
      return { family, metric };
    } catch (error) {
      this.deleteFamily(name, help, family);
      throw error;
    }
  }

  private destroy({ name, help, family, block }: Counter): void {
    this.request(name, this.connection.dialect.commands.metricDelete, () => block);
    this.deleteFamily(name, help, family);
  }

  private deleteFamily(name: string, help: string, family: bigint): void {
    const { customMetrics, commands } = this.connection.dialect;
    this.request(name, commands.metricFamilyDelete, () =>
      customMetrics.encodeFamilyLocked(this.connection.heap, name, help, family),
    );
  }

  /** Sends a block once. @returns the address with which the server answers */
  private request(name: string, command: number, encodeBlockLocked: () => number): bigint {
    const { heap, side, dialect, region, reader } = this.connection;
    const kept = heap.ledger.count;
    const { args, request } = heap.locked(() => {
      const args = dialect.customMetrics.encodeMessageLocked(heap, encodeBlockLocked());
      return { args, request: dialect.message.encodeLocked(heap, command, args) };
    });
    let error: string | undefined;
    let address = 0n;
    const { customMetrics } = dialect;
    side.run(Exchange.ofRecord(region, request, args, customMetrics.fields).prepare(), () => {
      error = customMetrics.readError(reader, args);
      address = customMetrics.readAddress(reader, args);
    });
    heap.dropNewer(kept);
    if (error !== undefined) throw refused(name, error);
    return address;
  }

  /** The blocks of {@link flush}: allocated as long as the process lives. */
  private makeMessage(
    labels: string,
    { family, metric }: CounterAddresses,
  ): Pick<Counter, "block" | "args" | "request"> {
    const { heap, dialect } = this.connection;
    const kept = heap.ledger.count;
    return heap.locked(() => {
      const block = dialect.customMetrics.encodeMetricLocked(heap, { labels, family, metric });
      const args = dialect.customMetrics.encodeMessageLocked(heap, block);
      const request = dialect.message.encodeLocked(heap, dialect.commands.metricIncrement, args);
      heap.ledger.forgetNewer(kept);
      return { block, args, request };
    });
  }

  private exchangeOf({ request, args }: Pick<Counter, "request" | "args">): Exchange {
    const { region, dialect } = this.connection;
    return Exchange.ofRecord(region, request, args, dialect.customMetrics.fields);
  }
}

function refused(name: string, reason: string): StubError {
  return new StubError("ERR_GUEST_ARGUMENT", `counter '${name}' was refused: ${reason}`, { name });
}
