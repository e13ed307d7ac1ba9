// Casts, fills and ranges.
#include "CKernels.h"

#include <string.h>

static inline int32_t limit_f32(float x) {
  if (x != x) return 0;
  return x >= 0x1p31f ? INT32_MAX : x <= -0x1p31f ? INT32_MIN : (int32_t)x;
}

static inline int32_t limit_f64(double x) {
  if (x != x) return 0;
  return x >= 0x1p31 ? INT32_MAX : x <= -0x1p31 - 1 ? INT32_MIN : (int32_t)x;
}

#define LOOP(FROM, TO, EXPRESSION)                                                                 \
  do {                                                                                             \
    const FROM *from = x;                                                                          \
    TO *to = out;                                                                                  \
    for (size_t i = 0; i < n; i++) {                                                               \
      FROM value = from[i];                                                                        \
      to[i] = EXPRESSION;                                                                          \
    }                                                                                              \
  } while (0)

#define CASE(FROM, TO) case FROM * 4 + TO:

void ck_cast(ck_dtype from_type, ck_dtype to_type, const void *x, void *out, size_t n) {
  if (from_type == to_type) {
    memmove(out, x, n * ck_element_size(from_type));
    return;
  }
  switch ((int)from_type * 4 + (int)to_type) {
    CASE(CK_F32, CK_F64) LOOP(float, double, value);
    break;
    CASE(CK_F32, CK_I32) LOOP(float, int32_t, limit_f32(value));
    break;
    CASE(CK_F32, CK_BOOL) LOOP(float, uint8_t, value != 0);
    break;
    CASE(CK_F64, CK_F32) LOOP(double, float, (float)value);
    break;
    CASE(CK_F64, CK_I32) LOOP(double, int32_t, limit_f64(value));
    break;
    CASE(CK_F64, CK_BOOL) LOOP(double, uint8_t, value != 0);
    break;
    CASE(CK_I32, CK_F32) LOOP(int32_t, float, (float)value);
    break;
    CASE(CK_I32, CK_F64) LOOP(int32_t, double, value);
    break;
    CASE(CK_I32, CK_BOOL) LOOP(int32_t, uint8_t, value != 0);
    break;
    CASE(CK_BOOL, CK_F32) LOOP(uint8_t, float, value);
    break;
    CASE(CK_BOOL, CK_F64) LOOP(uint8_t, double, value);
    break;
    CASE(CK_BOOL, CK_I32) LOOP(uint8_t, int32_t, value);
    break;
  default:
    __builtin_trap();
  }
}

#define FILL(TYPE, VALUE)                                                                          \
  do {                                                                                             \
    TYPE *to = out, constant = VALUE;                                                              \
    for (size_t i = 0; i < n; i++) to[i] = constant;                                               \
  } while (0)

void ck_fill(ck_dtype type, double value, void *out, size_t n) {
  switch (type) {
  case CK_F32:
    FILL(float, (float)value);
    break;
  case CK_F64:
    FILL(double, value);
    break;
  case CK_I32:
    FILL(int32_t, limit_f64(value));
    break;
  case CK_BOOL:
    memset(out, value != 0, n);
    break;
  }
}

#define IOTA(TYPE, CONVERT)                                                                        \
  do {                                                                                             \
    TYPE *to = out;                                                                                \
    for (size_t i = 0; i < n; i++) to[i] = CONVERT(start + (double)i * step);                      \
  } while (0)

void ck_iota(ck_dtype type, double start, double step, void *out, size_t n) {
#pragma clang fp contract(off)
  switch (type) {
  case CK_F32:
    IOTA(float, (float));
    break;
  case CK_F64:
    IOTA(double, );
    break;
  case CK_I32:
    IOTA(int32_t, limit_f64);
    break;
  default:
    __builtin_trap();
  }
}
