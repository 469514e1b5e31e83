#include "process.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

void wrong_mode(void) {
  setenv("TRITON_WASM_HARDENING", "some", 1);
  server_begin(&server, "initialize-request", "wait");
  unsetenv("TRITON_WASM_HARDENING");
  greets();
  refuses_load("TRITON_WASM_HARDENING is 'some': use auto, off or required");
  server_end(&server);
}

void start_failures(void) {
  server_begin(&server, "initialize-request", "boot");
  greets();
  refuses_load("the model's executor ended 3 times before it accepted a command (the model's executor died: it exited with status 9: it "
               "does not start): reload the model");
  CHECK(server_reads(&server, "reload the model"));
  server_end(&server);
}

void missing_node(void) {
  char path[128];
  server_make(&server, "initialize-request", "wait");
  snprintf(path, sizeof path, "%s/node", server.folder);
  unlink(path);
  server_start(&server);
  greets();
  refuses_load("/node exists; reinstall the backend, or copy the folder 'wasm' next to this one");
  server_end(&server);
}

void region_without_name(void) {
  char path[128];
  server_make(&server, "initialize-request", "wait");
  snprintf(path, sizeof path, "/dev/shm/%s", server.region_name);
  unlink(path);
  server_start(&server);
  greets();
  refuses_load("give server and stub the same /dev/shm");
  server_end(&server);
}

// Up to 24.03 two servers with one prefix take each other's names.
void region_of_another(void) {
  char path[128];
  server_make(&server, "initialize-request", "wait");
  snprintf(path, sizeof path, "/dev/shm/%s", server.region_name);
  unlink(path);
  int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  CHECK(fd >= 0 && ftruncate(fd, 1 << 20) == 0);
  server_start(&server);
  greets();
  refuses_load("another server has taken the name of this server's shared-memory region");
  // The other server's name stays.
  CHECK(access(path, F_OK) == 0);
  close(fd);
  server_end(&server);
}

// Whatever cannot be opened: the server gets its greeting, and an answer or an instance.
void few_descriptors(void) {
  for (uint64_t most = 5; most < 40; most++) {
    server_make(&server, "initialize-request", "loads");
    server.descriptors_max = most;
    server_start(&server);
    greets();
    uint64_t command = frozen_command(&server.control);
    server_put(&server.control.commands, command);
    CHECK(server_answer(&server) == command);
    server_end(&server);
  }
}
