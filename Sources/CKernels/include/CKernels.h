// The loops of swift-perturbations that need several instruction sets, or that C compiles better. The
// former are reached through one table per instruction set; `ck_table_current()` is chosen once, at run
// time, and each table can be asked for by name so that tests compare them. The others are functions
// of their own, which call through the current table where it pays.
#ifndef CKERNELS_H
#define CKERNELS_H

#include "instruction_sets.h"
#include "large_memory.h"
#include "random_kernels.h"
#include "block_solvers.h"
#include "reduction_kernels.h"
#include "trace_context.h"
#include "maths_kernels.h"
#include "path_kernels.h"

// One table per instruction set. The functions take the same arguments and give the same bits
// whichever table they come from.
typedef struct ck_table {
  ck_instruction_set instruction_set;
  ck_random_kernels random;
  ck_reduction_kernels reduction;
  ck_maths_kernels maths;
  ck_path_kernels paths;
} ck_table;

// The table of an instruction set, or NULL where this machine or this build has none.
const ck_table *ck_table_for(ck_instruction_set set);

// The table of the best instruction set this machine has. Never NULL.
const ck_table *ck_table_current(void);

#endif
