// Sums over the samples of a perturbed call, in double precision.
//
// Sample i of a call goes to lane i mod 8, and lanes are added up at the end: the order of every
// addition depends on the number of samples alone, never on the instruction set.
#ifndef CKERNELS_REDUCTION_KERNELS_H
#define CKERNELS_REDUCTION_KERNELS_H

#include <stddef.h>
#include <stdint.h>

#define CK_SAMPLE_LANES 8

typedef struct ck_reduction_kernels {
  // lanes[i mod 8][j] += y[i][j] for width columns of rows that are stride apart, and lanes [8, width].
  void (*sum_rows_f32)(const float *y, size_t stride, size_t rows, size_t width, double *lanes);
  void (*sum_rows_f64)(const double *y, size_t stride, size_t rows, size_t width, double *lanes);

  // lanes[i mod 8][j] += w[i] y[i][j].
  void (*sum_weighted_rows_f32)(const float *y, const double *w, size_t stride, size_t rows,
                                size_t width, double *lanes);
  void (*sum_weighted_rows_f64)(const double *y, const double *w, size_t stride, size_t rows,
                                size_t width, double *lanes);

  // sums[j] += the folded lanes of the same, faster where rows are few.
  void (*add_few_rows_f32)(const float *y, const double *w, size_t stride, size_t rows, size_t width,
                           double *sums);
  void (*add_few_rows_f64)(const double *y, const double *w, size_t stride, size_t rows,
                           size_t width, double *sums);

  // w[i] = Σ_j g[j] y[i][j] − offset.
  void (*dot_rows_f32)(const float *y, const double *g, double offset, size_t rows, size_t width,
                       double *w);
  void (*dot_rows_f64)(const double *y, const double *g, double offset, size_t rows, size_t width,
                       double *w);
} ck_reduction_kernels;

// The sum of the eight lanes at `lanes`, `stride` apart, in pairs.
static inline double ck_fold_lanes(const double *lanes, size_t stride) {
  return ((lanes[0] + lanes[4 * stride]) + (lanes[2 * stride] + lanes[6 * stride])) +
         ((lanes[stride] + lanes[5 * stride]) + (lanes[3 * stride] + lanes[7 * stride]));
}

// counts[index[i]] += 1, for indices below width and fewer than 2^31 rows.
static inline void ck_count(const int32_t *index, size_t rows, size_t width, double *counts) {
  if (width > 16) {
    for (size_t i = 0; i < rows; i++) counts[index[i]] += 1;
    return;
  }
  // Few counters would wait for each other: each addition for the one before it.
  for (size_t w = 0; w < width; w++) {
    int32_t here = 0;
    for (size_t i = 0; i < rows; i++) here += index[i] == (int32_t)w;
    counts[w] += here;
  }
}

// w[i] = g[index[i]] − offset.
static inline void ck_weights_of_index(const int32_t *index, const double *g, double offset,
                                       size_t rows, double *w) {
  for (size_t i = 0; i < rows; i++) w[i] = g[index[i]] - offset;
}

#endif
