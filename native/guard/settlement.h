// What an executor's end leaves owed to the server, and how the guard pays it (docs/internals/guard.md has the table).
#ifndef GUARD_SETTLEMENT_H
#define GUARD_SETTLEMENT_H

#include "answers.h"
#include "exchange.h"

enum settled {
  SETTLED_NOT_YET,   // the server has to do a step first: ask again soon
  SETTLED_SUCCESSOR, // a successor goes on
  SETTLED_REFUSE,    // there is no successor: commands are refused from now on, and the one in work if it is still taken
  SETTLED_LOAD,      // the server knows that the load has failed: it waits for the end of this process after its token
  SETTLED_LEAVE,     // the server waits for the end of this process
};

struct settlement {
  char reason[MAPPING_TEXT_BYTES + 1]; // why the executor has ended
  uint32_t stop_kind;                  // STOP_...
  bool start_failure;                  // it ended before it waited for commands
  struct exchange_helper helper;
};

// At once after the end of an executor: unlocks what it has left locked, for the server waits.
void settlement_recover(struct control *control, struct mapping *mapping, pid_t executor);

// Begins to settle. reason: a sentence
void settlement_begin(struct settlement *settlement, struct mapping *mapping, uint32_t stop_kind, const char *reason);

// Does what can be done now.
enum settled settlement_step(struct settlement *settlement, struct control *control, struct mapping *mapping);

// Writes into the mapping what the successor finds there.
void settlement_hand_over(const struct settlement *settlement, struct mapping *mapping);

#endif
