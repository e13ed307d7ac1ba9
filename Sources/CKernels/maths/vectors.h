// Vectors of 64 bytes, whatever the instruction set: the compiler splits them where registers are
// narrower, so every set computes the same lanes in the same order.
#ifndef CK_VECTORS_H
#define CK_VECTORS_H

#include <stdint.h>

#define CKM static inline __attribute__((always_inline, unused))

typedef float ckm_f32 __attribute__((vector_size(64)));
typedef int32_t ckm_i32 __attribute__((vector_size(64)));
typedef uint32_t ckm_u32 __attribute__((vector_size(64)));
typedef double ckm_f64 __attribute__((vector_size(64)));
typedef int64_t ckm_i64 __attribute__((vector_size(64)));
typedef uint64_t ckm_u64 __attribute__((vector_size(64)));
typedef float ckm_f32_half __attribute__((vector_size(32)));
typedef int8_t ckm_i8x16 __attribute__((vector_size(16)));
typedef int8_t ckm_i8x8 __attribute__((vector_size(8)));

#define CKM_LANES_f32 16
#define CKM_LANES_f64 8
#define CKM_LANES_i32 16

#endif
