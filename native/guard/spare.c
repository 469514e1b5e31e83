#include "spare.h"

#include "bounds.h"

void spare_want(struct spare *spare, int64_t now) { spare->kept_until = now + SPARE_KEPT_MS; }

static void start(struct spare *spare, const struct executor_program *program, int64_t now) {
  // A machine that cannot create another process will not be able to at once: wait before the next attempt.
  if (executor_start(&spare->executor, program) != 0) spare->not_before = now + SPARE_PAUSE_MS;
}

int64_t spare_look(struct spare *spare, const struct executor_program *program, int64_t now) {
  int status;
  if (spare->executor.pid > 0) {
    executor_listen(&spare->executor);
    if (executor_reap(&spare->executor, &status)) spare->not_before = now + SPARE_PAUSE_MS;
  }
  bool wanted = now < spare->kept_until;
  if (!wanted) {
    executor_kill(&spare->executor);
    return INT64_MAX;
  }
  if (spare->executor.pid > 0) return spare->kept_until;
  if (now < spare->not_before) return spare->not_before;
  start(spare, program, now);
  return spare->executor.pid > 0 ? spare->kept_until : spare->not_before;
}

bool spare_take(struct spare *spare, struct executor *executor) {
  int status;
  if (spare->executor.pid <= 0 || executor_reap(&spare->executor, &status)) return false;
  *executor = spare->executor;
  spare->executor = (struct executor){.go = -1, .output = -1};
  return true;
}
