#include "guard.h"

#include <poll.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "../generated/limits.h"
#include "bounds.h"
#include "clock.h"
#include "server.h"

static int64_t earlier(int64_t one, int64_t other) { return one < other ? one : other; }

static void report_health(struct guard *guard, int64_t now) {
  if (now < guard->next_health_report) return;
  guard->next_health_report = now + HEALTH_PERIOD_MS;
  if (!server_is_alive(guard->arguments.server, guard->parent)) guard_exit(guard, 1);
  control_report_health(&guard->control);
}

static int64_t look(struct guard *guard, int64_t now, int64_t next) {
  switch (guard->life) {
    case LIFE_STARTS:
      return earlier(next, guard_start(guard, now));
    case LIFE_WORKS:
      return guard_work(guard, now, next);
    case LIFE_SETTLES:
      return earlier(next, guard_settle(guard, now));
    default:
      guard_serve_refusal(guard, now);
      return earlier(next, now + REFUSAL_POLL_MS);
  }
}

static void wait_until(struct guard *guard, int64_t next) {
  struct pollfd events[] = {
    {.fd = guard->children, .events = POLLIN},
    {.fd = guard->woken, .events = POLLIN},
    {.fd = guard->executor.output, .events = POLLIN},
    {.fd = guard->spare.executor.output, .events = POLLIN},
  };
  int64_t timeout = next - clock_ms();
  // An alarm of the log, or anything else that interrupts poll, makes the guard check once more.
  if (poll(events, sizeof events / sizeof *events, timeout > 0 ? (int)timeout : 0) <= 0) return;
  struct signalfd_siginfo child;
  struct epoll_event edge;
  if (events[0].revents != 0) (void)!read(guard->children, &child, sizeof child);
  if (events[1].revents != 0) epoll_wait(guard->woken, &edge, 1, 0);
}

_Noreturn void guard_run(struct guard *guard) {
  for (;;) {
    int64_t now = clock_ms();
    report_health(guard, now);
    int64_t next = look(guard, now, guard->next_health_report);
    // Starting a process takes time: the answers that the server waits for after a death come first.
    if (guard->life != LIFE_SETTLES) next = earlier(next, spare_look(&guard->spare, &guard->program, now));
    wait_until(guard, next);
  }
}
