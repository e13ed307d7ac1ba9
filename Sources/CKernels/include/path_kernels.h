#ifndef CKERNELS_PATH_KERNELS_H
#define CKERNELS_PATH_KERNELS_H

#include <stddef.h>
#include <stdint.h>

// Shortest paths from `source` to `target` in one graph, for many costs. Arc a leads from tails[a] to
// heads[a], none of them into the source, and pays cost slots[a]; cost k is element entries[k] of an
// input of entry_count elements.
typedef struct ck_path_problem {
  size_t node_count, arc_count, slot_count, entry_count;
  size_t source, target;
  const int32_t *tails, *heads, *slots, *entries;
  // Costs below this are raised to it; -infinity for none.
  double minimum;
  // No cost may be larger.
  double largest;
  // Whether a negative lowest cost is subtracted from all.
  int is_shifted;
} ck_path_problem;

typedef struct ck_path_kernels {
  // out[r] = 1 at the entries that the shortest path of row r pays, 0 elsewhere; is_open[r] = 1, and
  // any row of out, where several paths are equally short, or a cost is negative, too large or not a
  // number. `memory` has ck_path_memory(problem) doubles, aligned to a vector of the lanes.
  void (*paths_f32)(const ck_path_problem *problem, const float *x, size_t rows, float *out,
                    uint8_t *is_open, double *memory);
  void (*paths_f64)(const ck_path_problem *problem, const double *x, size_t rows, double *out,
                    uint8_t *is_open, double *memory);
} ck_path_kernels;

// Rows that are solved side by side.
#define CK_PATH_LANES 16

static inline size_t ck_path_memory(const ck_path_problem *problem) {
  return CK_PATH_LANES * (3 * problem->slot_count + 3 * problem->node_count + problem->arc_count);
}

#endif
