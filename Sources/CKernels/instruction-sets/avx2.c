#if defined(__x86_64__)
#include <math.h>
#include <string.h>
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define CK_NAME(name) name##_avx2
#define CK_THIS_SET CK_AVX2
#include "table.inc"
#pragma clang attribute pop
#else
// ISO C wants a translation unit to declare something.
typedef int ck_no_avx2;
#endif
