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

void ck_matmul_own(
    ck_dtype type, size_t m, size_t n, size_t k, const void *a, size_t lda, int a_transposed,
    const void *b, size_t ldb, int b_transposed, void *c, size_t ldc) {
  ck_table_current()->maths.matmul(
      type, m, n, k, a, lda, a_transposed, b, ldb, b_transposed, c, ldc);
}

void ck_matmul(
    ck_dtype type, size_t m, size_t n, size_t k, const void *a, size_t lda, int a_transposed,
    const void *b, size_t ldb, int b_transposed, void *c, size_t ldc) {
  ck_matmul_own(type, m, n, k, a, lda, a_transposed, b, ldb, b_transposed, c, ldc);
}

const char *ck_matmul_provider(void) { return "own"; }

void ck_pairwise_squared_distance(
    ck_dtype type, size_t m, size_t n, size_t d, const void *x, const void *y, void *out) {
  ck_table_current()->maths.pairwise_squared_distance(type, m, n, d, x, y, out);
}
