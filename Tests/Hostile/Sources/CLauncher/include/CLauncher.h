#ifndef CLAUNCHER_H
#define CLAUNCHER_H

#include <stdint.h>
#include <sys/types.h>

// What a process is started with beside its arguments; 0 stands for no limit.
typedef struct launch {
  const char *folder;
  // Where its standard output and error go; NULL for closed ones.
  const char *output;
  const char *error;
  int closes_input;
  // ulimit -n, -v (bytes) and -u; the last takes another user where this one is root.
  uint64_t descriptors, address_space, processes;
} launch;

// Starts a process in a group of its own. Returns its number, or -1.
pid_t launch_process(char *const arguments[], char *const environment[], const launch *how);

// Reaps a process if it has ended. Returns 0 while it runs, otherwise 1; `code` is its exit code, or the
// negative number of the signal that ended it.
int reap(pid_t process, int *code);

void pause_milliseconds(int milliseconds);

#endif
