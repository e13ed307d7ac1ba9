// Shapes with their size-1 axes dropped and their mergeable axes merged.
#ifndef CK_LAYOUT_H
#define CK_LAYOUT_H

#include "CKernels.h"

#define CK_MAX_OPERANDS 3

typedef struct ck_layout {
  int rank;
  size_t total;
  size_t shape[CK_MAX_RANK];
  int64_t strides[CK_MAX_OPERANDS][CK_MAX_RANK];
} ck_layout;

// Two neighbouring axes merge where every operand steps through them as through one.
static inline void ck_layout_make(
    ck_layout *layout, int operands, int rank, const int32_t *shape,
    const int64_t *const *strides) {
  // Filled from the innermost axis; turned round at the end.
  int used = 0;
  size_t total = 1;
  size_t sizes[CK_MAX_RANK];
  int64_t steps[CK_MAX_OPERANDS][CK_MAX_RANK];
  for (int axis = rank - 1; axis >= 0; axis--) {
    size_t size = (size_t)shape[axis];
    total *= size;
    if (size == 1) continue;
    int merges = used > 0;
    for (int p = 0; p < operands && merges; p++) {
      merges = strides[p][axis] == steps[p][used - 1] * (int64_t)sizes[used - 1];
    }
    if (merges) {
      sizes[used - 1] *= size;
    } else {
      sizes[used] = size;
      for (int p = 0; p < operands; p++) steps[p][used] = strides[p][axis];
      used++;
    }
  }
  layout->rank = used;
  layout->total = total;
  for (int axis = 0; axis < used; axis++) {
    layout->shape[axis] = sizes[used - 1 - axis];
    for (int p = 0; p < operands; p++) layout->strides[p][axis] = steps[p][used - 1 - axis];
  }
}

#endif
