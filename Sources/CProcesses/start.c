#ifdef __linux__
#define _GNU_SOURCE
#endif

#include "CProcesses.h"

#include <errno.h>
#include <fcntl.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__APPLE__)
#include <TargetConditionals.h>
#include <crt_externs.h>
#include <spawn.h>
#define environ (*_NSGetEnviron())
#else
extern char **environ;
#endif

// The environment with one more entry; to be freed.
static char **extended(const char *variable) {
  size_t count = 0;
  while (environ[count]) count++;
  char **entries = malloc((count + 2) * sizeof(char *));
  if (!entries) return NULL;
  memcpy(entries, environ, count * sizeof(char *));
  entries[count] = (char *)variable;
  entries[count + 1] = NULL;
  return entries;
}

#if defined(__linux__)

#include <sys/prctl.h>
#include <sys/syscall.h>

// What the new process does until it is another program. It shares this process's memory and stands
// in for the calling thread: only calls of the system, nothing that is kept.
static int become(
    const char *path, char *const arguments[], char *const environment[], const int ends[3],
    pid_t parent) {
  if (setpgid(0, 0)) return errno;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(127);
  int sources[3];
  for (int target = 0; target < 3; target++) {
    sources[target] = ends[target] < 0 ? open("/dev/null", O_RDONLY | O_CLOEXEC) : ends[target];
    // Out of the way of the three that are replaced.
    if (sources[target] >= 0 && sources[target] < 3)
      sources[target] = fcntl(sources[target], F_DUPFD_CLOEXEC, 3);
    if (sources[target] < 0) return errno;
  }
  for (int target = 0; target < 3; target++)
    if (dup2(sources[target], target) < 0) return errno;
  struct sigaction standard, present;
  memset(&standard, 0, sizeof standard);
  standard.sa_handler = SIG_DFL;
  for (int number = 1; number < NSIG; number++)
    if (!sigaction(number, NULL, &present) && present.sa_handler != SIG_IGN)
      sigaction(number, &standard, NULL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  execve(path, arguments, environment);
  return errno;
}

int32_t cp_start(
    const char *path, char *const arguments[], const char *variable, int32_t input, int32_t output,
    int32_t error) {
  char **environment = extended(variable);
  if (!environment) return -ENOMEM;
  const int ends[3] = {input, output, error};
  const pid_t parent = getpid();
  // A handler that runs in the child would run in this process's memory.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  volatile int failure = 0;
  pid_t process = vfork();
  if (process == 0) {
    failure = become(path, arguments, environment, ends, parent);
    _exit(127);
  }
  int code = process < 0 ? errno : failure;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  free(environment);
  if (process > 0 && code) waitpid(process, NULL, 0);
  return code ? -code : process;
}

int32_t cp_watch(int32_t process) {
#ifdef SYS_pidfd_open
  return (int32_t)syscall(SYS_pidfd_open, process, 0);
#else
  return -1;
#endif
}

#else

int32_t cp_start(
    const char *path, char *const arguments[], const char *variable, int32_t input, int32_t output,
    int32_t error) {
#if defined(__APPLE__) && !TARGET_OS_OSX
  return -ENOTSUP;
#else
  char **environment = extended(variable);
  if (!environment) return -ENOMEM;
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  const int ends[3] = {input, output, error};
  for (int target = 0; target < 3; target++) {
    if (ends[target] < 0)
      posix_spawn_file_actions_addopen(&actions, target, "/dev/null", O_RDONLY, 0);
    else
      posix_spawn_file_actions_adddup2(&actions, ends[target], target);
  }
  sigset_t none, handled;
  sigemptyset(&none);
  sigemptyset(&handled);
  struct sigaction present;
  for (int number = 1; number < NSIG; number++)
    if (!sigaction(number, NULL, &present) && present.sa_handler != SIG_IGN)
      sigaddset(&handled, number);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &handled);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(
      &attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  pid_t process = 0;
  int code = posix_spawn(&process, path, &actions, &attributes, arguments, environment);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  free(environment);
  return code ? -code : process;
#endif
}

int32_t cp_watch(int32_t process) { return -1; }

#endif

int64_t cp_descriptor_limit(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_cur > INT32_MAX) return INT32_MAX;
  return (int64_t)limit.rlim_cur;
}

int32_t cp_pipe(int32_t ends[2]) {
#if defined(__linux__)
  return pipe2(ends, O_CLOEXEC) ? errno : 0;
#else
  if (pipe(ends)) return errno;
  for (int i = 0; i < 2; i++) fcntl(ends[i], F_SETFD, FD_CLOEXEC);
  return 0;
#endif
}

void cp_spare_address_space(void) {
#ifdef __GLIBC__
  struct rlimit limit;
  if (!getrlimit(RLIMIT_AS, &limit) && limit.rlim_cur != RLIM_INFINITY) mallopt(M_ARENA_MAX, 1);
#endif
}
