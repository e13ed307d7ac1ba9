// How long it takes to transpose a matrix in tiles: the height and the width of a tile in, measured
// microseconds out. The measurement is noisy, and the inputs are rounded to whole numbers.
//
//   cc -O2 -o transpose transpose.c
//   perturb minimize --method cma-es --start 4,4 --lower 1,1 --upper 512,512 --log all --jobs 1 \
//     --names height,width --sigma 1 --steps 25 --out run -- ./transpose
//
// One job: two that measure at a time disturb each other.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { size = 512 };
static float from[size * size], to[size * size];

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1e6 + time.tv_nsec * 1e-3;
}

static void transpose(int height, int width) {
  for (int top = 0; top < size; top += height)
    for (int left = 0; left < size; left += width) {
      int bottom = top + height < size ? top + height : size;
      int right = left + width < size ? left + width : size;
      for (int i = top; i < bottom; i++)
        for (int j = left; j < right; j++) to[j * size + i] = from[i * size + j];
    }
}

static int whole(double value) {
  double rounded = floor(value + 0.5);
  return rounded < 1 ? 1 : rounded > size ? size : (int)rounded;
}

int main(void) {
  for (int i = 0; i < size * size; i++) from[i] = (float)i;
  double height, width;
  while (scanf(" [%lf ,%lf ]", &height, &width) == 2) {
    double best = INFINITY;
    for (int round = 0; round < 3; round++) {
      double start = now();
      transpose(whole(height), whole(width));
      double time = now() - start;
      if (time < best) best = time;
    }
    if (to[1] != from[size]) return 1;
    printf("[%.3f]\n", best);
    fflush(stdout);
  }
  return 0;
}
