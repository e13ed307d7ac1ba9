// Solutions of a block of inputs [rows, count] at once. `order` is what ck_argsort writes, [rows,
// count].
#ifndef CKERNELS_BLOCK_SOLVERS_H
#define CKERNELS_BLOCK_SOLVERS_H

#include <stddef.h>
#include <stdint.h>

#define CK_BLOCK_SOLVERS(REAL, WIDTH)                                                              \
  /* Whether no element is NaN. */                                                                 \
  static inline int ck_all_numbers_f##WIDTH(const REAL *x, size_t n) {                             \
    int numbers = 1;                                                                               \
    for (size_t i = 0; i < n; i++) numbers &= x[i] == x[i];                                        \
    return numbers;                                                                                \
  }                                                                                                \
  /* The place of each entry, [rows, count]. */                                                    \
  static inline void ck_ranks_of_order_f##WIDTH(                                                   \
      const int32_t *order, size_t rows, size_t count, REAL *out) {                                \
    for (size_t r = 0; r < rows; r++, order += count, out += count)                                \
      for (size_t place = 0; place < count; place++) out[order[place]] = (REAL)place;              \
  }                                                                                                \
  /* The entries in order, [rows, count]. */                                                       \
  static inline void ck_sorted_by_order_f##WIDTH(                                                  \
      const int32_t *order, const REAL *x, size_t rows, size_t count, REAL *out) {                 \
    for (size_t r = 0; r < rows; r++, order += count, x += count, out += count)                    \
      for (size_t place = 0; place < count; place++) out[place] = x[order[place]];                 \
  }                                                                                                \
  /* 1 where at least `least` entries are not negative, -1 elsewhere, [rows]. */                   \
  static inline void ck_vote_f##WIDTH(                                                             \
      const REAL *x, size_t rows, size_t count, size_t least, REAL *out) {                         \
    for (size_t r = 0; r < rows; r++, x += count) {                                                \
      size_t votes = 0;                                                                            \
      for (size_t i = 0; i < count; i++) votes += x[i] >= 0;                                       \
      out[r] = votes >= least ? 1 : -1;                                                            \
    }                                                                                              \
  }                                                                                                \
  /* out[r] = y[r], <y[r], x[r]>: [rows, count + 1]. */                                            \
  static inline void ck_with_objective_f##WIDTH(                                                   \
      const REAL *y, const REAL *x, size_t rows, size_t count, REAL *out) {                        \
    for (size_t r = 0; r < rows; r++, x += count, y += count, out += count + 1) {                  \
      double sums[4] = {0};                                                                        \
      size_t i = 0;                                                                                \
      for (; i + 4 <= count; i += 4)                                                               \
        for (size_t k = 0; k < 4; k++) {                                                           \
          sums[k] += (double)y[i + k] * (double)x[i + k];                                          \
          out[i + k] = y[i + k];                                                                   \
        }                                                                                          \
      for (; i < count; i++) {                                                                     \
        sums[0] += (double)y[i] * (double)x[i];                                                    \
        out[i] = y[i];                                                                             \
      }                                                                                            \
      out[count] = (REAL)((sums[0] + sums[2]) + (sums[1] + sums[3]));                              \
    }                                                                                              \
  }                                                                                                \
  /* out = y * x, n elements. */                                                                   \
  static inline void ck_products_f##WIDTH(const REAL *y, const REAL *x, size_t n, REAL *out) {     \
    for (size_t i = 0; i < n; i++) out[i] = y[i] * x[i];                                           \
  }                                                                                                \
  /* 1 for the first k, 0 for the others, [rows, count]. */                                        \
  static inline void ck_first_of_order_f##WIDTH(                                                   \
      const int32_t *order, size_t rows, size_t count, size_t k, REAL *out) {                      \
    for (size_t r = 0; r < rows; r++, order += count, out += count) {                              \
      for (size_t i = 0; i < count; i++) out[i] = 0;                                               \
      for (size_t place = 0; place < k; place++) out[order[place]] = 1;                            \
    }                                                                                              \
  }

CK_BLOCK_SOLVERS(float, 32)
CK_BLOCK_SOLVERS(double, 64)
#undef CK_BLOCK_SOLVERS

#endif
