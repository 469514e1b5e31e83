// After the end of an executor, completes the steps that the server waits for (docs/internals/guard.md has the table).
#ifndef GUARD_SETTLEMENT_H
#define GUARD_SETTLEMENT_H

#include "answers.h"
#include "exchange.h"

enum settled {
  SETTLED_NOT_YET,   // the server has to do a step first: call it again soon
  SETTLED_SUCCESSOR, // a successor continues
  SETTLED_REFUSE,    // there is no successor: all commands are refused from now on, including the current one
  SETTLED_LOAD,      // the server knows that the load has failed: it waits for the end of this process after its token
  SETTLED_LEAVE,     // the server waits for the end of this process
};

struct settlement {
  char reason[MAPPING_TEXT_BYTES + 1]; // why the executor has ended
  uint32_t stop_kind;                  // STOP_...
  bool start_failure;                  // it ended before it waited for commands
  struct exchange_helper helper;
};

// Unlocks the mutexes that an executor held when it ended. Call it at once, because the server waits.
void settlement_recover(struct control *control, struct mapping *mapping, pid_t executor);

// Begins a settlement. reason: a sentence
void settlement_begin(struct settlement *settlement, struct mapping *mapping, uint32_t stop_kind, const char *reason);

// Does the steps that are possible now.
enum settled settlement_step(struct settlement *settlement, struct control *control, struct mapping *mapping);

// Writes to the mapping what the successor needs.
void settlement_hand_over(const struct settlement *settlement, struct mapping *mapping);

#endif
