// A worker that behaves as its first argument says, and badly in most cases.
//
//   worker <mode> [parameter]
//
// It reads one array of numbers per line. Modes that misbehave do so where the first number is above
// 0.5, and answer with the sum of the numbers elsewhere.
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static double values[1 << 16];
static char line[1 << 22];

static int read_values(void) {
  if (!fgets(line, sizeof line, stdin)) return -1;
  int count = 0;
  char *position = line;
  while (*position && *position != '[') position++;
  if (*position) position++;
  while (*position && *position != ']') {
    char *end;
    double value = strtod(position, &end);
    if (end == position) break;
    values[count++] = value;
    position = *end == ',' ? end + 1 : end;
  }
  return count;
}

static void spin(double seconds) {
  struct timespec start, now;
  clock_gettime(CLOCK_MONOTONIC, &start);
  do {
    clock_gettime(CLOCK_MONOTONIC, &now);
  } while ((now.tv_sec - start.tv_sec) + 1e-9 * (now.tv_nsec - start.tv_nsec) < seconds);
}

static void answer_sum(int count) {
  double sum = 0;
  for (int i = 0; i < count; i++) sum += values[i];
  printf("[%.17g]\n", sum);
}

static void misbehave(const char *mode, const char *parameter) {
  if (!strcmp(mode, "crash")) {
    fprintf(stderr, "first line\nabout to crash\n");
    raise(SIGSEGV);
  } else if (!strcmp(mode, "exit")) {
    fprintf(stderr, "no licence\n");
    exit(3);
  } else if (!strcmp(mode, "hang")) {
    signal(SIGTERM, SIG_IGN);
    for (;;) sleep(1000);
  } else if (!strcmp(mode, "hang-with-child")) {
    if (fork() == 0) signal(SIGTERM, SIG_IGN);
    for (;;) sleep(1000);
  } else if (!strcmp(mode, "garbage")) {
    printf("hello, world\n");
  } else if (!strcmp(mode, "count")) {
    printf("[1, 2]\n");
  } else if (!strcmp(mode, "nan")) {
    printf("nan\n");
  } else if (!strcmp(mode, "close-output")) {
    fclose(stdout);
    sleep(1000);
  } else if (!strcmp(mode, "close-input")) {
    close(0);
    sleep(1000);
  } else if (!strcmp(mode, "crash-once")) {
    if (access(parameter, F_OK) != 0) {
      fclose(fopen(parameter, "w"));
      raise(SIGKILL);
    }
    printf("[7]\n");
  } else if (!strcmp(mode, "twice")) {
    printf("[1]\n[2]\n");
  } else {
    fprintf(stderr, "unknown mode %s\n", mode);
    exit(64);
  }
}

int main(int argc, char **argv) {
  const char *mode = argc > 1 ? argv[1] : "sum";
  const char *parameter = argc > 2 ? argv[2] : "";
  int count;
  while ((count = read_values()) >= 0) {
    if (!strcmp(mode, "sum")) {
      answer_sum(count);
    } else if (!strcmp(mode, "echo")) {
      // The line as it is.
      fputs(line, stdout);
    } else if (!strcmp(mode, "slow")) {
      // Computes for so many seconds.
      spin(atof(parameter));
      answer_sum(count);
    } else if (!strcmp(mode, "uneven")) {
      // Times that differ from input to input.
      spin(fabs(values[0]) * 1e-3);
      answer_sum(count);
    } else if (!strcmp(mode, "flood")) {
      // A megabyte of complaints for each answer.
      for (int i = 0; i < 16384; i++)
        fputs("warning: this is a very long line that says nothing at all....\n", stderr);
      answer_sum(count);
    } else if (!strcmp(mode, "one-answer")) {
      // Without a line feed, and then it is gone.
      printf("%.17g", values[0]);
      return 0;
    } else if (count > 0 && values[0] > 0.5) {
      misbehave(mode, parameter);
    } else {
      answer_sum(count);
    }
    fflush(stdout);
  }
  return 0;
}
