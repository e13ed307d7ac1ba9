// Gathers and scatters along one axis.
#include "CKernels.h"

#include <string.h>

static int64_t first_outside(const int32_t *index, size_t n, size_t count) {
  uint32_t limit = count > INT32_MAX ? (uint32_t)INT32_MAX + 1 : (uint32_t)count;
  uint32_t outside = 0;
  for (size_t i = 0; i < n; i++) outside |= (uint32_t)index[i] >= limit;
  if (!outside) return -1;
  for (size_t i = 0; i < n; i++) {
    if ((uint32_t)index[i] >= limit) return (int64_t)i;
  }
  return -1;
}

#define DEFINE_TAKE(TYPE)                                                                          \
  static void take_##TYPE(                                                                         \
      size_t outer, size_t count, size_t inner, const int32_t *index, size_t m, const TYPE *x,     \
      TYPE *out) {                                                                                 \
    for (size_t o = 0; o < outer; o++, x += count * inner) {                                       \
      if (inner == 1) {                                                                            \
        for (size_t i = 0; i < m; i++) *out++ = x[index[i]];                                       \
      } else if (inner < 16) {                                                                     \
        for (size_t i = 0; i < m; i++) {                                                           \
          const TYPE *row = x + (size_t)index[i] * inner;                                          \
          for (size_t j = 0; j < inner; j++) *out++ = row[j];                                      \
        }                                                                                          \
      } else {                                                                                     \
        for (size_t i = 0; i < m; i++, out += inner) {                                             \
          memcpy(out, x + (size_t)index[i] * inner, inner * sizeof(TYPE));                         \
        }                                                                                          \
      }                                                                                            \
    }                                                                                              \
  }                                                                                                \
  static int64_t take_along_##TYPE(                                                                \
      size_t outer, size_t count, size_t inner, const int32_t *index, size_t m, const TYPE *x,     \
      TYPE *out) {                                                                                 \
    size_t at = 0;                                                                                 \
    for (size_t o = 0; o < outer; o++, x += count * inner) {                                       \
      for (size_t i = 0; i < m; i++) {                                                             \
        for (size_t j = 0; j < inner; j++, at++) {                                                 \
          int32_t k = index[at];                                                                   \
          if (k < 0 || (size_t)k >= count) return (int64_t)at;                                     \
          out[at] = x[(size_t)k * inner + j];                                                      \
        }                                                                                          \
      }                                                                                            \
    }                                                                                              \
    return -1;                                                                                     \
  }
DEFINE_TAKE(uint8_t)
DEFINE_TAKE(uint32_t)
DEFINE_TAKE(uint64_t)

int64_t ck_take(
    size_t element_size, size_t outer, size_t count, size_t inner, const int32_t *index, size_t m,
    const void *x, void *out) {
  int64_t outside = first_outside(index, m, count);
  if (outside >= 0) return outside;
  switch (element_size) {
  case 1:
    take_uint8_t(outer, count, inner, index, m, x, out);
    break;
  case 4:
    take_uint32_t(outer, count, inner, index, m, x, out);
    break;
  case 8:
    take_uint64_t(outer, count, inner, index, m, x, out);
    break;
  default:
    __builtin_trap();
  }
  return -1;
}

int64_t ck_take_along(
    size_t element_size, size_t outer, size_t count, size_t inner, const int32_t *index, size_t m,
    const void *x, void *out) {
  switch (element_size) {
  case 1:
    return take_along_uint8_t(outer, count, inner, index, m, x, out);
  case 4:
    return take_along_uint32_t(outer, count, inner, index, m, x, out);
  case 8:
    return take_along_uint64_t(outer, count, inner, index, m, x, out);
  default:
    __builtin_trap();
  }
}

// SUM is the type to add in: unsigned for integers, which wrap.
#define DEFINE_SCATTER(NAME, TYPE)                                                                 \
  static void scatter_##NAME(                                                                      \
      size_t outer, size_t m, size_t inner, const int32_t *index, const TYPE *updates,             \
      size_t count, TYPE *out) {                                                                   \
    for (size_t o = 0; o < outer; o++, out += count * inner) {                                     \
      for (size_t i = 0; i < m; i++, updates += inner) {                                           \
        TYPE *row = out + (size_t)index[i] * inner;                                                \
        for (size_t j = 0; j < inner; j++) row[j] += updates[j];                                   \
      }                                                                                            \
    }                                                                                              \
  }                                                                                                \
  static int64_t scatter_along_##NAME(                                                             \
      size_t outer, size_t m, size_t inner, const int32_t *index, const TYPE *updates,             \
      size_t count, TYPE *out) {                                                                   \
    size_t at = 0;                                                                                 \
    for (size_t o = 0; o < outer; o++, out += count * inner) {                                     \
      for (size_t i = 0; i < m; i++) {                                                             \
        for (size_t j = 0; j < inner; j++, at++) {                                                 \
          int32_t k = index[at];                                                                   \
          if (k < 0 || (size_t)k >= count) return (int64_t)at;                                     \
          out[(size_t)k * inner + j] += updates[at];                                               \
        }                                                                                          \
      }                                                                                            \
    }                                                                                              \
    return -1;                                                                                     \
  }
DEFINE_SCATTER(f32, float)
DEFINE_SCATTER(f64, double)
DEFINE_SCATTER(i32, uint32_t)

int64_t ck_scatter_add(
    ck_dtype type, size_t outer, size_t m, size_t inner, const int32_t *index,
    const void *updates, size_t count, void *out) {
  int64_t outside = first_outside(index, m, count);
  if (outside >= 0) return outside;
  memset(out, 0, outer * count * inner * ck_element_size(type));
  switch (type) {
  case CK_F32:
    scatter_f32(outer, m, inner, index, updates, count, out);
    break;
  case CK_F64:
    scatter_f64(outer, m, inner, index, updates, count, out);
    break;
  case CK_I32:
    scatter_i32(outer, m, inner, index, updates, count, out);
    break;
  default:
    __builtin_trap();
  }
  return -1;
}

int64_t ck_scatter_add_along(
    ck_dtype type, size_t outer, size_t m, size_t inner, const int32_t *index,
    const void *updates, size_t count, void *out) {
  memset(out, 0, outer * count * inner * ck_element_size(type));
  switch (type) {
  case CK_F32:
    return scatter_along_f32(outer, m, inner, index, updates, count, out);
  case CK_F64:
    return scatter_along_f64(outer, m, inner, index, updates, count, out);
  case CK_I32:
    return scatter_along_i32(outer, m, inner, index, updates, count, out);
  default:
    __builtin_trap();
  }
}
