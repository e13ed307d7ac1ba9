// Cumulative sums and the greatest k of a row.
#include "CKernels.h"

#include <stdlib.h>
#include <string.h>

#define DEFINE_CUMULATIVE(NAME, TYPE)                                                              \
  static void cumulative_##NAME(                                                                   \
      size_t outer, size_t count, size_t inner, int reverse, const TYPE *x, TYPE *out) {           \
    if (count == 0) return;                                                                        \
    int64_t step = reverse ? -(int64_t)inner : (int64_t)inner;                                     \
    for (size_t o = 0; o < outer; o++, x += count * inner, out += count * inner) {                 \
      size_t first = reverse ? (count - 1) * inner : 0;                                            \
      if (inner == 1) {                                                                            \
        const TYPE *from = x + first;                                                              \
        TYPE *to = out + first, sum = *from;                                                       \
        *to = sum;                                                                                 \
        for (size_t i = 1; i < count; i++) {                                                       \
          from += step;                                                                            \
          to += step;                                                                              \
          sum += *from;                                                                            \
          *to = sum;                                                                               \
        }                                                                                          \
      } else {                                                                                     \
        const TYPE *from = x + first;                                                              \
        TYPE *to = out + first;                                                                    \
        memmove(to, from, inner * sizeof(TYPE));                                                   \
        for (size_t i = 1; i < count; i++) {                                                       \
          const TYPE *sum = to;                                                                    \
          from += step;                                                                            \
          to += step;                                                                              \
          for (size_t j = 0; j < inner; j++) to[j] = sum[j] + from[j];                             \
        }                                                                                          \
      }                                                                                            \
    }                                                                                              \
  }
DEFINE_CUMULATIVE(f32, float)
DEFINE_CUMULATIVE(f64, double)
DEFINE_CUMULATIVE(i32, uint32_t)

void ck_cumulative_sum(
    ck_dtype type, size_t outer, size_t count, size_t inner, int reverse, const void *x,
    void *out) {
  switch (type) {
  case CK_F32:
    cumulative_f32(outer, count, inner, reverse, x, out);
    break;
  case CK_F64:
    cumulative_f64(outer, count, inner, reverse, x, out);
    break;
  case CK_I32:
    cumulative_i32(outer, count, inner, reverse, x, out);
    break;
  default:
    __builtin_trap();
  }
}

// Integers in the order of the numbers, NaN the greatest, ±0 equal.
static inline int64_t order_f32(float x) {
  if (x != x) return INT64_MAX;
  float y = x + 0.0f;
  int32_t bits;
  memcpy(&bits, &y, sizeof bits);
  return bits < 0 ? (int64_t)(bits ^ INT32_MAX) : bits;
}

static inline int64_t order_f64(double x) {
  if (x != x) return INT64_MAX;
  double y = x + 0.0;
  int64_t bits;
  memcpy(&bits, &y, sizeof bits);
  return bits < 0 ? bits ^ INT64_MAX : bits;
}

static inline int64_t order_i32(int32_t x) { return x; }

// A list of the k best so far, sorted; most elements fail the comparison with its last.
#define DEFINE_TOP(NAME, TYPE)                                                                     \
  static void top_##NAME(                                                                          \
      size_t rows, size_t count, size_t k, const TYPE *x, int32_t *out, int64_t *best) {           \
    for (size_t r = 0; r < rows; r++, x += count, out += k) {                                      \
      size_t held = 0;                                                                             \
      for (size_t i = 0; i < count; i++) {                                                         \
        int64_t value = order_##NAME(x[i]);                                                        \
        if (held == k && value <= best[k - 1]) continue;                                           \
        size_t place = held < k ? held++ : k - 1;                                                  \
        for (; place > 0 && best[place - 1] < value; place--) {                                    \
          best[place] = best[place - 1];                                                           \
          out[place] = out[place - 1];                                                             \
        }                                                                                          \
        best[place] = value;                                                                       \
        out[place] = (int32_t)i;                                                                   \
      }                                                                                            \
    }                                                                                              \
  }
DEFINE_TOP(f32, float)
DEFINE_TOP(f64, double)
DEFINE_TOP(i32, int32_t)

// Past this many a sort costs less than the list.
#define CK_HELD 64

static int is_nan(ck_dtype type, const void *x, size_t i) {
  if (type == CK_F32) return ((const float *)x)[i] != ((const float *)x)[i];
  if (type == CK_F64) return ((const double *)x)[i] != ((const double *)x)[i];
  return 0;
}

// The sort puts NaN last; here it comes first.
static void top_by_sorting(
    ck_dtype type, size_t rows, size_t count, size_t k, const void *x, int32_t *out) {
  int32_t *order = malloc(count * sizeof(int32_t));
  if (order == NULL) __builtin_trap();
  const char *row = x;
  for (size_t r = 0; r < rows; r++, row += count * ck_element_size(type), out += k) {
    ck_argsort(type, 1, count, row, order, 1);
    size_t numbers = count;
    while (numbers > 0 && is_nan(type, row, (size_t)order[numbers - 1])) numbers--;
    size_t first = count - numbers < k ? count - numbers : k;
    memcpy(out, order + numbers, first * sizeof(int32_t));
    memcpy(out + first, order, (k - first) * sizeof(int32_t));
  }
  free(order);
}

void ck_top_k(ck_dtype type, size_t rows, size_t count, size_t k, const void *x, int32_t *out) {
  if (k == 0 || rows == 0) return;
  if (k == 1) {
    ck_arg_reduce(CK_ARG_MAXIMUM, type, rows, count, 1, x, out);
    return;
  }
  if (k > CK_HELD) {
    top_by_sorting(type, rows, count, k, x, out);
    return;
  }
  int64_t best[CK_HELD];
  switch (type) {
  case CK_F32:
    top_f32(rows, count, k, x, out, best);
    break;
  case CK_F64:
    top_f64(rows, count, k, x, out, best);
    break;
  case CK_I32:
    top_i32(rows, count, k, x, out, best);
    break;
  default:
    __builtin_trap();
  }
}
