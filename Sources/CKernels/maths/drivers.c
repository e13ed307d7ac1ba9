// Functions that pass straight to the best instruction set's kernels.
#include "CKernels.h"

void ck_reduce(
    ck_reduce_op op, ck_dtype type, size_t outer, size_t count, size_t inner, const void *x,
    void *out) {
  ck_table_current()->maths.reduce(op, type, outer, count, inner, x, out);
}

void ck_arg_reduce(
    ck_arg_reduce_op op, ck_dtype type, size_t outer, size_t count, size_t inner, const void *x,
    int32_t *out) {
  ck_table_current()->maths.arg_reduce(op, type, outer, count, inner, x, out);
}

void ck_argsort(
    ck_dtype type, size_t rows, size_t count, const void *x, int32_t *out, int descending) {
  ck_table_current()->maths.argsort(type, rows, count, x, out, descending);
}

void ck_softmax(ck_dtype type, size_t rows, size_t count, const void *x, void *out) {
  ck_table_current()->maths.softmax(type, rows, count, x, out);
}

void ck_log_sum_exp(ck_dtype type, size_t rows, size_t count, const void *x, void *out) {
  ck_table_current()->maths.log_sum_exp(type, rows, count, x, out);
}

void ck_pairwise_squared_distance(
    ck_dtype type, size_t m, size_t n, size_t d, const void *x, const void *y, void *out) {
  ck_table_current()->maths.pairwise_squared_distance(type, m, n, d, x, y, out);
}
