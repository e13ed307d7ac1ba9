// A program for perturb that behaves as its first argument says.
//
//   worker <mode> [<where> [<marker>]]
//
// Modes without questions: `burn` computes until its parent ends, `time` prints the time of day twice.
// Otherwise it answers each line with Σ (xᵢ − 3)². At the question of number <where>, counted from 1 in each process,
// it misbehaves; with a marker, only the process that makes the file of this name does. `numbered` as the
// last argument makes it answer objects.
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static char line[1 << 20];
static int is_numbered;

static void wait_for_ever(void) {
  for (;;) sleep(1000);
}

static void nap(double seconds) {
  struct timespec time = {(time_t)seconds, (long)((seconds - (long)seconds) * 1e9)};
  nanosleep(&time, NULL);
}

static void spawn_sleeper(const char *seconds) {
  if (fork() == 0) {
    execlp("sleep", "sleep", seconds, (char *)NULL);
    _exit(127);
  }
}

static void answer(long number, double value) {
  if (is_numbered)
    printf("{\"id\":%ld,\"y\":%.17g}\n", number, value);
  else
    printf("%.17g\n", value);
}

// Returns whether the question is answered all the same.
static int misbehave(const char *mode, long number, double value) {
  if (!strcmp(mode, "crash")) raise(SIGSEGV);
  if (!strcmp(mode, "abort")) abort();
  if (!strcmp(mode, "exit")) exit(3);
  if (!strcmp(mode, "exit-zero")) exit(0);
  if (!strcmp(mode, "hang")) wait_for_ever();
  if (!strcmp(mode, "deaf")) {
    for (int signal_number = 1; signal_number < 32; signal_number++) signal(signal_number, SIG_IGN);
    wait_for_ever();
  }
  if (!strcmp(mode, "stop")) raise(SIGSTOP);
  if (!strcmp(mode, "move")) {
    setpgid(0, getpgid(getppid()));
    wait_for_ever();
  }
  if (!strcmp(mode, "session")) {
    if (fork() == 0) {
      setsid();
      signal(SIGTERM, SIG_IGN);
      wait_for_ever();
    }
    wait_for_ever();
  }
  if (!strcmp(mode, "daemon") || !strcmp(mode, "daemon-crash")) {
    if (fork() == 0) {
      setsid();
      if (fork() == 0) {
        if (mode[6]) signal(SIGHUP, SIG_IGN);
        wait_for_ever();
      }
      _exit(0);
    }
    if (mode[6]) raise(SIGSEGV);
    return 1;
  }
  if (!strcmp(mode, "heir")) {
    // Its child holds the pipes.
    spawn_sleeper("1000");
    raise(SIGKILL);
  }
  if (!strcmp(mode, "flood-error")) {
    for (int i = 0; i < 20000; i++) fprintf(stderr, "\033[31m%d\033[0m what happens\r\a\n", i);
    return 1;
  }
  if (!strcmp(mode, "flood"))
    for (;;) fputs("no number at all\n", stdout);
  if (!strcmp(mode, "flood-line"))
    for (;;) fputs("111111111111111111111111111111", stdout);
  if (!strcmp(mode, "part-crash")) {
    printf("1");
    fflush(stdout);
    raise(SIGKILL);
  }
  if (!strcmp(mode, "part-exit")) {
    printf("1");
    fflush(stdout);
    exit(2);
  }
  if (!strcmp(mode, "part-hang")) {
    printf("1");
    fflush(stdout);
    wait_for_ever();
  }
  if (!strcmp(mode, "extra")) {
    answer(number, 1);
    return 1;
  }
  if (!strcmp(mode, "extra-late")) {
    answer(number, value);
    fflush(stdout);
    nap(0.01);
    answer(number, 1);
    return 0;
  }
  if (!strcmp(mode, "silent")) return 0;
  if (!strcmp(mode, "count")) {
    if (is_numbered)
      printf("{\"id\":%ld,\"y\":[1,2,3]}\n", number);
    else
      puts("[1,2,3]");
    return 0;
  }
  if (!strcmp(mode, "nan")) {
    puts("nan");
    return 0;
  }
  if (!strcmp(mode, "infinite")) {
    puts("[1e999]");
    return 0;
  }
  if (!strcmp(mode, "text")) {
    puts("\033]0;title\a\033[2J hello \xff\xfe world");
    return 0;
  }
  if (!strcmp(mode, "empty")) {
    puts("");
    return 0;
  }
  if (!strcmp(mode, "null")) {
    fwrite("\0\0\0\n", 1, 4, stdout);
    return 0;
  }
  if (!strcmp(mode, "close-output")) {
    fflush(stdout);
    close(1);
    wait_for_ever();
  }
  if (!strcmp(mode, "close-input")) {
    close(0);
    wait_for_ever();
  }
  if (!strcmp(mode, "slow")) {
    char text[64];
    int length = snprintf(text, sizeof text, "%.17g\n", value);
    if (is_numbered) return 1;
    fflush(stdout);
    for (int i = 0; i < length; i++) {
      if (write(1, text + i, 1) < 1) exit(1);
      nap(0.002);
    }
    return 0;
  }
  return 1;
}

static int burn(void) {
  volatile unsigned long number = 1;
  for (pid_t parent = getppid(); getppid() == parent;)
    for (int i = 0; i < 10000000; i++) number = number * 6364136223846793005u + 1;
  return 0;
}

int main(int count, char **arguments) {
  if (count > 1 && !strcmp(arguments[1], "burn")) return burn();
  if (count > 1 && !strcmp(arguments[1], "time")) {
    printf("%ld\n", (long)time(NULL));
    printf("%ld\n", (long)time(NULL));
    return 0;
  }
  if (count > 1 && !strcmp(arguments[count - 1], "numbered")) {
    is_numbered = 1;
    count--;
  }
  const char *mode = count > 1 ? arguments[1] : "well";
  int where = count > 2 ? atoi(arguments[2]) : 1;
  const char *marker = count > 3 ? arguments[3] : NULL;
  double pause = !strncmp(mode, "pause-", 6) ? 1e-3 * atoi(mode + 6) : 0;
  for (int question = 1; fgets(line, sizeof line, stdin); question++) {
    long number = -1;
    char *position = line;
    char *id = strstr(line, "\"id\":");
    if (id) number = strtol(id + 5, NULL, 10);
    position = strchr(line, '[');
    double value = 0;
    for (char *end; position && (*position == '[' || *position == ','); position = end) {
      double x = strtod(position + 1, &end);
      if (end == position + 1) break;
      value += (x - 3) * (x - 3);
    }
    if (pause > 0) nap(pause);
    int is_bad = question == where;
    if (is_bad && marker) is_bad = open(marker, O_CREAT | O_EXCL | O_WRONLY, 0666) >= 0;
    if (!is_bad || misbehave(mode, number, value)) answer(number, value);
    fflush(stdout);
  }
  return 0;
}
