#ifndef CKERNELS_MATHS_TYPES_H
#define CKERNELS_MATHS_TYPES_H

#include <stddef.h>
#include <stdint.h>

// Element types of tensors. A boolean is one byte, 0 or 1.
typedef enum ck_dtype { CK_F32 = 0, CK_F64 = 1, CK_I32 = 2, CK_BOOL = 3 } ck_dtype;

// The highest rank that the functions taking a shape accept.
#define CK_MAX_RANK 8

// CK_F32 and CK_F64 have all of these but `logical_not`; CK_I32 has negate, absolute, sign,
// square and relu; CK_BOOL has `logical_not`. Any other pair is a programmer's error and traps.
typedef enum ck_unary_op {
  CK_NEGATE,
  CK_ABSOLUTE,
  CK_SIGN,  // sign(±0) = 0, sign(NaN) = NaN
  CK_EXP,
  CK_EXPM1,
  CK_LOG,
  CK_LOG1P,
  CK_SQRT,
  CK_RSQRT,
  CK_RECIPROCAL,
  CK_SQUARE,
  CK_SIN,
  CK_COS,
  CK_TAN,
  CK_ASIN,  // NaN outside of [−1, 1]
  CK_ACOS,
  CK_TANH,
  CK_SIGMOID,
  CK_RELU,      // relu(NaN) = NaN
  CK_SOFTPLUS,  // log(1 + exp(x)), without overflow
  CK_ERF,
  CK_FLOOR,
  CK_CEIL,
  CK_ROUND,  // halves to even
  CK_LOGICAL_NOT,
} ck_unary_op;

#define CK_UNARY_OP_COUNT 25

// Logical operations are CK_BOOL's, the others CK_F32's, CK_F64's and CK_I32's (no atan2 there).
// Integers wrap; integer division truncates, and dividing by zero gives 0. Minimum and maximum
// give NaN where either side is NaN.
typedef enum ck_binary_op {
  CK_ADD,
  CK_SUBTRACT,
  CK_MULTIPLY,
  CK_DIVIDE,
  CK_POWER,
  CK_MINIMUM,
  CK_MAXIMUM,
  CK_ATAN2,
  CK_LOGICAL_AND,
  CK_LOGICAL_OR,
  CK_LOGICAL_XOR,
} ck_binary_op;

#define CK_BINARY_OP_COUNT 11

typedef enum ck_compare_op {
  CK_EQUAL,
  CK_NOT_EQUAL,
  CK_LESS,
  CK_LESS_EQUAL,
  CK_GREATER,
  CK_GREATER_EQUAL,
} ck_compare_op;

// `any` and `all` are CK_BOOL's, the others CK_F32's, CK_F64's and CK_I32's. Minimum and maximum
// of nothing are ±infinity (the greatest and least integer for CK_I32) and give NaN where an
// element is NaN.
typedef enum ck_reduce_op {
  CK_REDUCE_SUM,
  CK_REDUCE_PRODUCT,
  CK_REDUCE_MINIMUM,
  CK_REDUCE_MAXIMUM,
  CK_REDUCE_ANY,
  CK_REDUCE_ALL,
} ck_reduce_op;

typedef enum ck_arg_reduce_op { CK_ARG_MINIMUM, CK_ARG_MAXIMUM } ck_arg_reduce_op;

// The size of one element in bytes.
static inline size_t ck_element_size(ck_dtype type) {
  return type == CK_F64 ? 8 : type == CK_BOOL ? 1 : 4;
}

#endif
