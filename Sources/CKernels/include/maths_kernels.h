#ifndef CKERNELS_MATHS_KERNELS_H
#define CKERNELS_MATHS_KERNELS_H
typedef struct ck_maths_kernels {
  int placeholder;
} ck_maths_kernels;
#endif
