// The tests of the guard's parts. regions: the folder with <release>-<moment>.bin
#ifndef TEST_UNIT_H
#define TEST_UNIT_H

#include "../guard/mapping.h"
#include "check.h"
#include "frozen.h"

// Releases whose wire format differs in what the guard reads, and the newest frozen one.
extern const char *const releases[];
#define RELEASES 3

// Opens the frozen region of a moment.
void open_moment(struct frozen *frozen, const char *release, const char *moment);

// A mapping, to be closed again.
void make_mapping(struct mapping *mapping);
void close_mapping(struct mapping *mapping);

void test_region(void);
void test_queue(void);
void test_control(void);
void test_text(void);
void test_mapping(void);
void test_arguments(void);
void test_deadline(void);
void test_answers(void);
void test_refusal(void);
void test_mutex(void);
void test_undo(void);
void test_exchange(void);
void test_settlement(void);
void test_server_facts(void);
void test_model_files(void);

#endif
