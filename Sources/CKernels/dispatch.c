#include "CKernels.h"

extern const ck_table ck_table_baseline;
#if defined(__x86_64__)
extern const ck_table ck_table_avx2;
extern const ck_table ck_table_avx512;
#endif
#if defined(__aarch64__)
extern const ck_table ck_table_neon;
#endif

const ck_table *ck_table_for(ck_instruction_set set) {
  switch (set) {
  case CK_BASELINE:
    return &ck_table_baseline;
#if defined(__x86_64__)
  case CK_AVX2:
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? &ck_table_avx2 : NULL;
  case CK_AVX512:
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                   __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")
               ? &ck_table_avx512
               : NULL;
#endif
#if defined(__aarch64__)
  case CK_NEON:
    return &ck_table_neon;
#endif
  default:
    return NULL;
  }
}

const ck_table *ck_table_current(void) {
  // Read and written without a lock: every thread that races here writes the same pointer.
  static const ck_table *chosen;
  const ck_table *table = __atomic_load_n(&chosen, __ATOMIC_RELAXED);
  if (table == NULL) {
    table = &ck_table_baseline;
    for (int set = CK_INSTRUCTION_SET_COUNT - 1; set > 0; set--) {
      const ck_table *candidate = ck_table_for((ck_instruction_set)set);
      if (candidate != NULL) {
        table = candidate;
        break;
      }
    }
    __atomic_store_n(&chosen, table, __ATOMIC_RELAXED);
  }
  return table;
}
