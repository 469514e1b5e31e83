// Numbers that bound the guard alone. Those that it shares with the executor are in host/limits.ts (../generated/limits.h).
#ifndef GUARD_BOUNDS_H
#define GUARD_BOUNDS_H

// A started executor that does not wait for commands after so long never will: Node starts in 50 ms, on a busy machine in seconds.
#define BOOT_MAX_MS 60000

// The command queue's semaphore has no descriptor to wait for: in a refusal the guard asks it so often.
#define REFUSAL_POLL_MS 20

// The settlement of a death waits for steps of the server, which take microseconds: first it asks often, then, when the server is
// stopped or busy, seldom.
#define SETTLE_POLL_MS 1
#define SETTLE_SLOW_POLL_MS 20
#define SETTLE_OFTEN_ROUNDS 200

// A call that is over its time is in the host for moments only, or waits for the server for as long as that takes.
#define LOCKED_POLL_MS 1
#define LOCKED_SLOW_POLL_MS 20
#define LOCKED_OFTEN_ROUNDS 500

// How long a spare is kept after the last reason to have one. It takes the memory of a Node that waits.
#define SPARE_KEPT_MS 60000
// A second death within so long is a reason.
#define DEATHS_NEAR_MS 10000
// A spare that has ended by itself is not followed by another one sooner.
#define SPARE_PAUSE_MS 10000

// Between two tries to start a process when the machine has none left.
#define START_PAUSE_MS 100

// For so long, executors may be killed by others again and again while they start; after that each of these counts as a failed start.
#define START_KILLS_MS 10000

// Between two tries of an instance that has served before, when three starts have failed.
#define START_RETRY_MS 1000

// How long the guard waits for a killed executor before it ends itself: the kernel is done in a few milliseconds.
#define LAST_WAIT_MS 500

#endif
