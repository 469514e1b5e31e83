// The tests of the real guard. Each creates `server` and ends it.
#ifndef TEST_PROCESS_H
#define TEST_PROCESS_H

#include "check.h"
#include "server.h"

extern struct server server;

// Checks that the guard's greeting and its health arrive.
bool greets(void);

// Checks that the guard exits with this status.
bool exits_with(int code);

// Checks that the load is refused with a sentence that contains these words, and that the guard exits after the server's token.
void refuses_load(const char *words);

// Whether the executor of a mapping waits for commands. It is for wait_until.
bool is_ready(void *mapping);

// The executor, once it waits for commands.
pid_t ready_executor(void);

void unmap(struct mapping *mapping);

// surroundings.c
void without_arguments(void);
void greeting_and_signals(void);
void executors_inherit_nothing(void);
void log_lines(void);
void hardening(const char *mode);
void full_output(void);
void vanished_server(void);

// refused_starts.c
void wrong_mode(void);
void start_failures(void);
void missing_node(void);
void region_without_name(void);
void region_of_another(void);
void few_descriptors(void);

// ends.c
void deadlines(void);
void deaths(void);
void killed_by_somebody(void);
void stopped_executor(void);
void completion(void);
void finalisation(void);

// restarts.c
void restarts(uint32_t count);
void kills_at_any_moment(uint32_t count);

#endif
