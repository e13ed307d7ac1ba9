#ifndef CKERNELS_RANDOM_KERNELS_H
#define CKERNELS_RANDOM_KERNELS_H
typedef struct ck_random_kernels {
  int placeholder;
} ck_random_kernels;
#endif
