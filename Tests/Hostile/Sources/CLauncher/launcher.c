#define _GNU_SOURCE
#include "CLauncher.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { nobody = 65534 };

static void limit(int resource, uint64_t value) {
  if (!value) return;
  struct rlimit limits = {value, value};
  setrlimit(resource, &limits);
}

static void redirect(const char *path, int target) {
  if (!path) {
    close(target);
    return;
  }
  int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
  if (file < 0 || dup2(file, target) < 0) _exit(126);
  if (file != target) close(file);
}

pid_t launch_process(char *const arguments[], char *const environment[], const launch *how) {
  pid_t process = fork();
  if (process) return process;
  setpgid(0, 0);
  if (chdir(how->folder)) _exit(126);
  if (how->closes_input) {
    close(0);
  } else {
    int nothing = open("/dev/null", O_RDONLY);
    dup2(nothing, 0);
    if (nothing > 0) close(nothing);
  }
  redirect(how->output, 1);
  redirect(how->error, 2);
  for (int number = 3; number < 256; number++) close(number);
  limit(RLIMIT_NOFILE, how->descriptors);
  if (how->processes) {
    if (geteuid() == 0 && (setgroups(0, NULL) || setgid(nobody) || setuid(nobody))) _exit(126);
    limit(RLIMIT_NPROC, how->processes);
  }
  limit(RLIMIT_AS, how->address_space);
  limit(RLIMIT_CORE, 1);
  signal(SIGPIPE, SIG_DFL);
  execve(arguments[0], arguments, environment);
  _exit(125);
}

int reap(pid_t process, int *code) {
  int status = 0;
  pid_t found = waitpid(process, &status, WNOHANG);
  if (found == 0) return 0;
  if (found < 0 && errno == EINTR) return 0;
  *code = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  return 1;
}

void pause_milliseconds(int milliseconds) {
  struct timespec time = {milliseconds / 1000, (milliseconds % 1000) * 1000000L};
  nanosleep(&time, NULL);
}
