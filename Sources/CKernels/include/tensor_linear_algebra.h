#ifndef CKERNELS_TENSOR_LINEAR_ALGEBRA_H
#define CKERNELS_TENSOR_LINEAR_ALGEBRA_H

#include "maths_types.h"

// c [m, n] = op(a) [m, k] · op(b) [k, n]; op(a) is `a` or, where `a_transposed`, the transpose of
// the stored [k, m], and so for `b`. Row-major; `lda`, `ldb`, `ldc` are elements from one stored
// row to the next. CK_F32, CK_F64, and CK_I32 (which wraps). The same bits from every
// instruction set. Where the environment has PERTURBATIONS_BLAS=system, products of at least 512³
// multiplications go to a BLAS library if there is one, and their last bits are that library's.
void ck_matmul(
    ck_dtype type, size_t m, size_t n, size_t k, const void *a, size_t lda, int a_transposed,
    const void *b, size_t ldb, int b_transposed, void *c, size_t ldc);

// The same, always by the loops of this package.
void ck_matmul_own(
    ck_dtype type, size_t m, size_t n, size_t k, const void *a, size_t lda, int a_transposed,
    const void *b, size_t ldb, int b_transposed, void *c, size_t ldc);

// The name of what computes large products: "OpenBLAS", "Accelerate" or "own".
const char *ck_matmul_provider(void);

// out[i, j] = Σ_k (x[i, k] − y[j, k])² for x [m, d] and y [n, d]; exactly 0 for equal points.
// CK_F32 and CK_F64.
void ck_pairwise_squared_distance(
    ck_dtype type, size_t m, size_t n, size_t d, const void *x, const void *y, void *out);

#endif
