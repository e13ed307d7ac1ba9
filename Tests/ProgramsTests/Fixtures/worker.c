// A worker that behaves as its first argument says, and badly in most cases.
//
//   worker <mode> [parameter]
//
// It reads one array of numbers per line. Modes that misbehave do so where the first number is above
// 0.5, and answer with the sum of the numbers elsewhere.
#include <math.h>
#include <poll.h>
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
  } else if (!strcmp(mode, "move")) {
    setpgid(0, getpgid(getppid()));
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
  } else if (!strcmp(mode, "twice-late")) {
    printf("[1]\n");
    fflush(stdout);
    usleep(50000);
    printf("[2]\n");
  } else if (!strcmp(mode, "cut")) {
    // The beginning of [103.2] without brackets.
    printf("1");
    fflush(stdout);
    raise(SIGKILL);
  } else if (!strcmp(mode, "cut-exit")) {
    printf("1");
    fflush(stdout);
    _exit(3);
  } else if (!strcmp(mode, "silent")) {
    // No answer, and on to the next question.
  } else {
    fprintf(stderr, "unknown mode %s\n", mode);
    exit(64);
  }
}

static long held_number = -1;
static double held_sum;

static void answer_numbered(long number, double sum) {
  printf("{\"y\": [%.17g], \"note\": null, \"id\": %ld}\n", sum, number);
}

// Questions with numbers. Above 0.5: no answer, two of them, one that is not asked for, or one that comes
// after the next.
static void numbered(const char *parameter, int count) {
  long number = -1;
  sscanf(line, "{\"id\":%ld", &number);
  double sum = 0;
  for (int i = 0; i < count; i++) sum += values[i];
  int is_bad = count > 0 && values[0] > 0.5;
  if (is_bad && !strcmp(parameter, "silent")) return;
  if (is_bad && !strcmp(parameter, "text")) {
    printf("{\"id\": %ld, \"y\": \"one\"}\n", number);
    return;
  }
  if (is_bad && !strcmp(parameter, "twice")) answer_numbered(number, sum);
  if (is_bad && !strcmp(parameter, "later") && held_number < 0) {
    struct pollfd input = {0, POLLIN, 0};
    held_number = number;
    held_sum = sum;
    if (poll(&input, 1, 20) > 0) return;
  } else {
    answer_numbered(number, sum);
  }
  if (held_number >= 0) answer_numbered(held_number, held_sum);
  held_number = -1;
}

int main(int argc, char **argv) {
  const char *mode = argc > 1 ? argv[1] : "sum";
  const char *parameter = argc > 2 ? argv[2] : "";
  int count;
  // What waits is in the pipe alone.
  if (!strcmp(parameter, "later")) setvbuf(stdin, NULL, _IONBF, 0);
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
    } else if (!strcmp(mode, "numbered")) {
      numbered(parameter, count);
    } else if (!strcmp(mode, "twice-late") && values[0] > 0.3 && values[0] <= 0.5) {
      usleep(300000);
      answer_sum(count);
    } else if (count > 0 && values[0] > 0.5) {
      misbehave(mode, parameter);
    } else {
      answer_sum(count);
    }
    fflush(stdout);
  }
  return 0;
}
