#ifndef CKERNELS_INSTRUCTION_SETS_H
#define CKERNELS_INSTRUCTION_SETS_H

#include <stddef.h>
#include <stdint.h>

typedef enum ck_instruction_set {
  CK_BASELINE = 0,  // what the compiler assumes of the architecture
  CK_AVX2 = 1,      // x86-64 with AVX2 and FMA
  CK_AVX512 = 2,    // x86-64 with AVX-512 F, BW, DQ and VL
  CK_NEON = 3,      // Arm64
} ck_instruction_set;

#define CK_INSTRUCTION_SET_COUNT 4

#endif
