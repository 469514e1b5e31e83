// Limits of the guard alone. Limits that it shares with the executor are in host/limits.ts (../generated/limits.h).
#ifndef GUARD_BOUNDS_H
#define GUARD_BOUNDS_H

// Time in which a started executor must be ready for commands. Node starts in 50 ms, and on a busy machine in seconds.
#define BOOT_MAX_MS 60000

// The semaphore of the command queue has no descriptor to wait for. In a refusal the guard polls it with this period.
#define REFUSAL_POLL_MS 20

// The settlement of a death waits for steps of the server, which take microseconds. The guard polls often at first, and then rarely,
// because the server is stopped or busy.
#define SETTLE_POLL_MS 1
#define SETTLE_SLOW_POLL_MS 20
#define SETTLE_OFTEN_ROUNDS 200

// A call beyond its deadline is in a host function: usually for a moment, or for as long as the server lets it wait.
#define LOCKED_POLL_MS 1
#define LOCKED_SLOW_POLL_MS 20
#define LOCKED_OFTEN_ROUNDS 500

// How long a spare executor is kept after the last reason to have one. It uses the memory of a waiting Node process.
#define SPARE_KEPT_MS 60000
// A second death within this time is a reason.
#define DEATHS_NEAR_MS 10000
// Time before another spare is started after one has ended by itself.
#define SPARE_PAUSE_MS 10000

// Time between two attempts to start a process when the machine has no process left.
#define START_PAUSE_MS 100

// Time in which executors that somebody kills while they start do not count as failed starts.
#define START_KILLS_MS 10000

// Time between two attempts of an instance that has served before, after three failed starts.
#define START_RETRY_MS 1000

// How long the guard waits for a killed executor before it exits. The kernel needs a few milliseconds.
#define LAST_WAIT_MS 500

#endif
