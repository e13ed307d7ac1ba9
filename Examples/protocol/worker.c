// snippet.worker
#include <stdio.h>
int main(void) {
  double a, b;
  while (scanf(" [%lf ,%lf ]", &a, &b) == 2) {
    printf("%.17g\n", (a - 3) * (a - 3) + b * b);
    fflush(stdout);
  }
}
